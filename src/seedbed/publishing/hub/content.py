"""The files of a folder that are published: all but hidden files, caches and links that lead outside.

A published card may differ from the one on disk (a dataset's card names its repository), so an entry is a file or the bytes
that replace it.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from huggingface_hub.repocard import REGEX_YAML_BLOCK

from seedbed.core.config import parsing
from seedbed.core.errors import PublishError, RecipeError
from seedbed.core.io.files import file_sha256

CARD = "README.md"
_PUBLISHED_THOUGH_HIDDEN = frozenset({".eval_results"})  # where the Hub looks for a model's results
_CACHES = frozenset({"__pycache__"})
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, bytes that are not UTF-8, ends of lines
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One file as it would be in the repository."""

    path: str
    data: Path | bytes
    size: int

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes, hexadecimal: what the Hub knows large files by."""
        return hashlib.sha256(self.data).hexdigest() if isinstance(self.data, bytes) else file_sha256(self.data)

    @cached_property
    def git_sha1(self) -> str:
        """Git's hash of the bytes as a blob, hexadecimal: what the Hub knows small files by."""
        digest = hashlib.sha1(f"blob {self.size}\0".encode(), usedforsecurity=False)
        if isinstance(self.data, bytes):
            digest.update(self.data)
            return digest.hexdigest()
        with self.data.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
        return digest.hexdigest()


@dataclass(frozen=True)
class Content:
    """The files of a folder by their path in the repository, and those left out with the reason."""

    folder: Path
    entries: Mapping[str, Entry]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.entries.values())

    def text(self, path: str) -> str:
        """A file as UTF-8. Raises: PublishError when it is not there or not UTF-8."""
        entry = self.entries.get(path)
        if entry is None:
            raise PublishError(f"{self.folder.name}: {path}: missing. Allowed: a folder with a card in {CARD}.")
        data = entry.data if isinstance(entry.data, bytes) else entry.data.read_bytes()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PublishError(f"{self.folder.name}: {path}: not UTF-8 text (byte {error.start}).") from error

    def with_pages(self, pages: Mapping[str, bytes]) -> Content:
        """The same content with these files in place of those on disk."""
        changed = {path: Entry(path, data, len(data)) for path, data in pages.items()}
        return replace(self, entries={**self.entries, **changed})


def read(folder: Path) -> Content:
    """List a folder, in a fixed order.

    Raises: PublishError when there is no such folder, nothing in it to publish, or something that cannot be read or named.
    """
    if not folder.is_dir():
        raise PublishError(f"{folder}: no such folder. Allowed: a dataset, model or Space folder.")
    try:
        entries, left_out = _listed(folder)
    except OSError as error:
        raise PublishError(f"{error.filename or folder}: cannot be read: {error.strerror}. Allowed: readable files.") from None
    if not entries:
        raise PublishError(f"{folder}: nothing to publish in it. Allowed: a folder with files that are not hidden.")
    return Content(folder, entries, left_out)


def _listed(folder: Path) -> tuple[dict[str, Entry], dict[str, str]]:
    """Entries, and what is left out. Raises: OSError where something cannot be read, PublishError for a name."""
    entries: dict[str, Entry] = {}
    left_out: dict[str, str] = {}
    for path in sorted(_walk(folder)):
        name = path.relative_to(folder).as_posix()
        if reason := _why_not(path, name, folder.resolve()):
            left_out[name] = reason
        else:
            _check_name(folder, name)
            entries[name] = Entry(name, path, _readable_size(path))
    return entries, left_out


def _check_name(folder: Path, name: str) -> None:
    r"""A name is the same on every system: `\` is a separator on some, and what cannot be printed cannot be typed."""
    if "\\" in name or any(unicodedata.category(letter) in _UNPRINTABLE for letter in name):
        shown = ascii(name)[1:-1]
        raise PublishError(
            f"{folder}: {shown}: not a name for the Hub. Allowed: UTF-8 without control characters and backslashes."
        )


def _readable_size(path: Path) -> int:
    """Size in bytes of a file that can be opened. It is opened here, so that an unreadable file fails before anything is sent."""
    with path.open("rb") as stream:
        return os.fstat(stream.fileno()).st_size


def metadata(content: Content) -> dict[str, Any]:
    """The YAML block at the top of README.md as data; empty when there is none.

    Raises: PublishError when it is not a YAML mapping, with the line of the file.
    """
    text = content.text(CARD)
    block = REGEX_YAML_BLOCK.search(text)
    if block is None:
        return {}
    where = f"{content.folder.name}: {CARD}"
    try:
        data = parsing.load("\n" * text.count("\n", 0, block.start(2)) + block.group(2))
    except RecipeError as error:
        raise PublishError(f"{where}: metadata: {error}") from error
    if not isinstance(data, dict | None):
        raise PublishError(f"{where}: metadata is not a mapping. Allowed: `key: value` lines between two `---` lines.")
    return data or {}


def is_published(path: str) -> bool:
    """Whether a path of a repository is one that publishing writes: hidden files there are the Hub's, and left alone.

    >>> is_published("data/a.parquet"), is_published(".gitattributes"), is_published(".eval_results/mbpp.yaml")
    (True, False, True)
    """
    first, *rest = path.split("/")
    hidden = first.startswith(".") and first not in _PUBLISHED_THOUGH_HIDDEN
    return not hidden and not any(part.startswith(".") for part in rest) and not _CACHES & {first, *rest}


def _walk(folder: Path) -> Iterator[Path]:
    """Files, and links to folders, which are never followed; folders that are not published are not entered."""
    for place, folders, files in os.walk(folder, onerror=_raise):
        here = Path(place)
        entered = [name for name in folders if is_published((here / name).relative_to(folder).as_posix())]
        links = [name for name in entered if (here / name).is_symlink()]
        folders[:] = [name for name in entered if name not in links]
        yield from (here / name for name in (*files, *links))


def _raise(error: OSError) -> None:
    raise error


def _why_not(path: Path, name: str, root: Path) -> str | None:
    if not is_published(name):
        return "hidden or a cache"
    if path.is_symlink():
        return _why_not_link(path, root)
    return None if path.is_file() else "neither file nor folder"


def _why_not_link(path: Path, root: Path) -> str | None:
    """Why a link is not published; None for one to a published file of the folder."""
    try:
        leads_to = path.resolve()
    except (OSError, RuntimeError):  # until Python 3.13 a RuntimeError
        return "a link that leads to itself"
    if not leads_to.is_relative_to(root):
        return "a link that leads outside the folder"
    if leads_to.is_dir():
        return "a link to a folder"
    if not is_published(leads_to.relative_to(root).as_posix()):
        return "a link to what is hidden or a cache"
    return None if leads_to.is_file() else "a link that leads nowhere"
