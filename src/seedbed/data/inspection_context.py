"""What lies around files and folders of this machine: the project they belong to, and its license files and manifests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from seedbed.data.filters.license.legal_files import LegalKind, is_legal_file, kind_of

_REPOSITORY = (".git", ".hg")


def project_root(path: Path) -> Path:
    """The folder whose license files and manifests speak for a path.

    That of the repository it is in; without one the outermost folder above it with a license file or a manifest, since
    what stands there speaks for all below. Home, temporary folder and root of the disk belong to no project.
    """
    folders = _folders(path)
    root = folders[0]
    for folder in folders:
        if folder in _nobodys():
            break
        if any((folder / mark).exists() for mark in _REPOSITORY):
            return folder
        if any(_legal_in(folder, folder)):
            root = folder
    return root


def legal_files(root: Path, paths: Iterable[Path]) -> Iterator[Path]:
    """License files and manifests of a project that may speak for the paths: above, below and where links lead; links too."""
    folders = sorted({folder for path in paths for folder in (*_folders(path), *_below(path)) if folder.is_relative_to(root)})
    found = dict.fromkeys(file for folder in folders for file in _legal_in(folder, root))
    for file in list(found):
        if file.is_symlink():
            target = file.resolve()
            inside = [target, *_entries(target)] if target.is_relative_to(root) else []
            found |= dict.fromkeys(one for one in inside if not one.is_dir() and is_legal_file(_name(one, root)))
    yield from found


def _legal_in(folder: Path, root: Path) -> Iterator[Path]:
    for entry in _entries(folder):
        if entry.is_dir() and not entry.is_symlink():
            yield from (text for text in _entries(entry) if kind_of(_name(text, root)) is LegalKind.TEXTS and not text.is_dir())
        elif is_legal_file(_name(entry, root)):
            yield entry


def _folders(path: Path) -> Sequence[Path]:
    """A folder, or the folder of a file, and those above it."""
    start = path.resolve()
    return [start, *start.parents] if start.is_dir() else list(start.parents)


def _below(path: Path) -> list[Path]:
    start = path.resolve()
    return [folder for folder in start.rglob("*") if folder.is_dir() and not folder.is_symlink()] if start.is_dir() else []


def _entries(folder: Path) -> list[Path]:
    """What is in a folder; nothing for one that may not be read, or is none."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _nobodys() -> set[Path]:
    """Folders of many things: what lies in them speaks for none of their folders."""
    temporary = Path(tempfile.gettempdir()).resolve()
    places = {temporary, Path(temporary.anchor)}
    with suppress(RuntimeError):  # a user without a home, as in containers
        places.add(Path.home().resolve())
    return places
