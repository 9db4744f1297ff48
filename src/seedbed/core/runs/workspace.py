"""The folder that is published: where it may go, how it gets there, and what it says of its origin."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

import seedbed
from seedbed.core.errors import InputError
from seedbed.core.manifests import integrity


@cache
def commit() -> str | None:
    """Commit of the checkout that Seedbed runs from, `+changes` where files differ from it; None without a checkout."""
    folder = Path(seedbed.__file__).parent

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    head = git("rev-parse", "HEAD") if git("ls-files", "--error-unmatch", "__init__.py") else None
    return head and head + ("+changes" if git("status", "--porcelain", "--untracked-files=no") else "")


def public_path(path: Path) -> str:
    """A recipe's path as the repository names it; outside of one, the file's name alone."""
    path = path.resolve()
    for folder in path.parents:
        if (folder / "pyproject.toml").is_file():
            return path.relative_to(folder).as_posix()
    return path.name


def check_out(out: Path) -> None:
    """Refuse a place where the dataset folder cannot go, before any work is done for it.

    Raises: InputError when it is no folder, holds what no run of Seedbed wrote, or cannot be written.
    """
    if not out.name:
        raise InputError(f"--out {out}: not a folder of its own. Allowed: an empty or a new folder.")
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out}: not a folder. Allowed: an empty or a new folder.")
    if out.is_dir() and (foreign := integrity.unknown_files(out)):
        raise InputError(
            f"--out {out}: holds files that no run of Seedbed wrote ({foreign[0]}). Allowed: an empty or a new folder."
        )
    above = next(folder for folder in out.parents if folder.exists())
    try:
        with tempfile.TemporaryDirectory(prefix=".seedbed-", dir=above):
            pass
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written: {error.strerror}. Allowed: a writable folder.") from error
