"""Source files of a project's folder, and of an installed package: read and parsed, never imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePath, PurePosixPath
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, language_of

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 1_000_000
_LEFT_OUT: Final = frozenset({"node_modules", "build", "dist", "target", "vendor", "venv", "site-packages", "__pycache__"})


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file: its path as the project or the package names it, where it is, and its language."""

    name: str
    path: Path
    language: str


def project_files(folder: Path) -> Iterator[ProjectFile]:
    """Files of a folder in the published languages, in order; hidden ones, builds and other people's packages left out.

    Raises: InputError when there is no such folder, or when it holds more than `MOST_FILES`.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder.")
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _LEFT_OUT)
        for name in sorted(names):
            path = Path(place) / name
            if (language := language_of(path.name)) and _is_readable(path):
                count += 1
                if count > MOST_FILES:
                    raise InputError(f"{folder}: more than {MOST_FILES:,} source files. Allowed: the folder of one project.")
                yield ProjectFile(_shown(path.relative_to(folder)), path, language)


def check_package(package: str) -> None:
    """Raises: InputError for a package that is not installed, and for what is no name of one."""
    try:
        distribution(package)
    except (PackageNotFoundError, ValueError) as error:
        raise InputError(f"{package[:100]!r}: not installed here. Allowed: the name of an installed package.") from error


def package_files(package: str) -> Iterator[ProjectFile]:
    """Python files of an installed distribution, by what its record lists; its tests left out."""
    listed = distribution(package).files or []
    for file in sorted(listed, key=str):
        name = PurePosixPath(file)
        outside = ".." in name.parts or "tests" in name.parts or name.name.startswith("test_")
        if not outside and name.suffix in LANGUAGES["Python"].suffixes and _is_readable(Path(str(file.locate()))):
            yield ProjectFile(_shown(name), Path(str(file.locate())), "Python")


def _is_readable(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= MOST_BYTES and os.access(path, os.R_OK)


def _shown(path: PurePath) -> str:
    """A path on one line: a name may hold a line break, and bytes that are no UTF-8."""
    name = path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
