"""Source files of a project folder and of an installed package. They are read, never imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePath, PurePosixPath
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, language_of

MAX_FILES: Final = 20_000
MAX_FILE_BYTES: Final = 1_000_000
_SKIPPED_FOLDERS: Final = frozenset({"node_modules", "build", "dist", "target", "vendor", "venv", "site-packages", "__pycache__"})


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file. name: its path in the project or package; path: where it is."""

    name: str
    path: Path
    language: str


def project_files(folder: Path) -> Iterator[ProjectFile]:
    """Files of a folder in the published languages, in order; without hidden ones, builds and vendored packages.

    Raises: InputError for a missing folder, or one with more than `MAX_FILES`.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder.")
    count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(place) / name
            if (language := language_of(path.name)) and _is_readable(path):
                count += 1
                if count > MAX_FILES:
                    raise InputError(f"{folder}: more than {MAX_FILES:,} source files. Allowed: the folder of one project.")
                yield ProjectFile(_printable(path.relative_to(folder)), path, language)


def check_package(package: str) -> None:
    """Raises: InputError for a package that is not installed, or an invalid name."""
    try:
        distribution(package)
    except (PackageNotFoundError, ValueError) as error:
        raise InputError(f"{package[:100]!r}: not installed here. Allowed: the name of an installed package.") from error


def package_files(package: str) -> Iterator[ProjectFile]:
    """Python files of an installed distribution, by its RECORD, without tests."""
    listed = distribution(package).files or []
    for file in sorted(listed, key=str):
        name = PurePosixPath(file)
        outside = ".." in name.parts or "tests" in name.parts or name.name.startswith("test_")
        if not outside and name.suffix in LANGUAGES["Python"].suffixes and _is_readable(Path(str(file.locate()))):
            yield ProjectFile(_printable(name), Path(str(file.locate())), "Python")


def _is_readable(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_FILE_BYTES and os.access(path, os.R_OK)


def _printable(path: PurePath) -> str:
    """A path on one line: names may hold line breaks, and bytes that are not UTF-8."""
    name = path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in name)
