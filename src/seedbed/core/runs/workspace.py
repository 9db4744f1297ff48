"""Where a run keeps what it makes, and the key that says whether old work still counts.

    <build>/work/<recipe>/<key>/<stage>/...   documents between stages, logs and completion marks
    <build>/datasets/<recipe>/                what is published

The key covers the recipe, our own code, the versions that decide verdicts and the number of tasks: a killed run goes on
under the same key, and nothing made under another one is ever read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

import seedbed
from seedbed.core.config.recipe import Recipe
from seedbed.core.errors import InputError
from seedbed.core.io.atomic import write_atomic
from seedbed.core.io.locks import held
from seedbed.core.manifests import integrity

DECIDING_PACKAGES = (
    "charset-normalizer", "datasets", "datatrove", "enry-python", "huggingface-hub", "kingfisher-secret-scanner",
    "license-expression", "magika", "numpy", "pyarrow", "scancode-toolkit", "tree-sitter", "tree-sitter-c", "tree-sitter-cpp",
    "tree-sitter-go", "tree-sitter-java", "tree-sitter-javascript", "tree-sitter-python", "tree-sitter-rust",
    "tree-sitter-typescript",
)  # fmt: skip
"""Packages whose version can change a verdict or a byte of what is published."""


@cache
def package_versions() -> dict[str, str]:
    """Version of Python, whose parser judges Python files, and of each deciding package."""
    versions = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in DECIDING_PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions


class AnyJob(Protocol):
    """What a stage needs of a job, whatever recipe it is of: how the work is cut, how many do it, folders of its own."""

    @property
    def tasks(self) -> int: ...
    @property
    def workers(self) -> int: ...
    def folder(self, *parts: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One run of one recipe: what, where, and on how many processes.

    `tasks` is how finely the work is cut (it never changes the output); `workers` how many processes do it at once.
    `without` names filters of the pipeline that are left out, for an ablation. `versions` are those that can change a verdict.
    """

    recipe: Recipe
    recipe_path: Path
    build: Path
    out: Path
    tasks: int
    workers: int
    strict: bool = False
    without: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=package_versions)

    @property
    def work(self) -> Path:
        """Folder of this run's intermediate files."""
        return self.build / "work" / self.recipe.name / self.key

    @property
    def key(self) -> str:
        """16 hexadecimal digits that change with everything that could change a stage's files."""
        parts = [self.recipe.sha256, code_sha256(), str(self.tasks), json.dumps(dict(self.versions), sort_keys=True)]
        parts.append(str(self.recipe_path.resolve().parent))  # relative sources start there
        parts.extend(sorted(self.without))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def folder(self, *parts: str) -> Path:
        """A folder below the work folder, made."""
        path = self.work.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path


def read_seconds(path: Path) -> float:
    """Wall seconds written down for a stage; 0.0 where there are none."""
    try:
        return float(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0.0


def add_seconds(path: Path, seconds: float) -> None:
    """Add to the seconds that are written down for a stage."""
    write_atomic(path, f"{read_seconds(path) + seconds:.3f}", durable=False)


@cache
def code_sha256() -> str:
    """Hash of Seedbed's own modules, as they are on disk."""
    folder = Path(seedbed.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


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


@contextmanager
def claimed(job: Job) -> Iterator[None]:
    """Hold the recipe's work folder: two runs never write the same files.

    Workers inherit the lock, so that one left behind by a killed run is waited for, not raced with.
    Raises: InputError when another run holds it.
    """
    folder = job.build / "work" / job.recipe.name
    busy = f"another run of {job.recipe.name} is at work there. Allowed: one at a time."
    with held(folder, option="--out", busy=busy):
        _drop_other_keys(folder, job.key)
        yield


def drop_work(job: Job) -> None:
    """Forget all that was made under the job's key."""
    for path in job.work.iterdir() if job.work.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _drop_other_keys(folder: Path, key: str) -> None:
    """Work of other recipes' states is never read again; keep the disk for this one."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != key:
            shutil.rmtree(path)
