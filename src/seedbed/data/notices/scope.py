"""Which legal files of a source have to travel with a path of it, and the id of that set.

All license files, terms and notices in the folder of the file and in those above it, and the license files that its license
evidence names: more than the license asks for, since a notice too many harms nobody.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from seedbed.data.filters.license.by_folder import FilesByFolder, folders_above
from seedbed.data.filters.license.legal_files import Texts, load
from seedbed.data.filters.license.legal_names import LegalKind, kind_of
from seedbed.data.notices.texts import text_sha256

_APPLY = (
    LegalKind.LICENSE,
    LegalKind.CODE,
    LegalKind.HINT,
    LegalKind.COMPONENT,
    LegalKind.TERMS,
    LegalKind.THIRD_PARTY,
)
_NO_TEXTS = frozenset({LegalKind.MANIFEST, LegalKind.CONTENTS, LegalKind.RESERVATION})
"""Kinds that evidence may name and that hold no license text."""
_LINKS = ("./", "../", "/")
_MAX_LINK = 4096
_MAX_LINKS = 8


@dataclass(frozen=True, slots=True)
class Scope:
    """The legal files of some paths, sorted, and the id of the notice that they share: 32 hexadecimal digits."""

    notice_id: str
    files: tuple[str, ...]


class Scopes:
    """The scopes of one source. Args: source: its id; files: its legal files, path to text, None for one that cannot be read."""

    def __init__(self, source: str, files: Mapping[str, str | None]) -> None:
        self._source = source
        self._files = files
        self._by_folder = FilesByFolder(files)
        self._digest = cache(lambda path: text_sha256(self._files[path]) or "")
        self._scope = cache(self._make)
        self._above = cache(self._in_and_above)

    def of(self, path: str, evidence: Iterable[str] = ()) -> Scope:
        """The scope of a path. Args: evidence: files that its license evidence names."""
        named = {file for file in evidence if file in self._files and kind_of(file) not in _NO_TEXTS}
        files = {self._resolved(file) for file in (*self._above(posixpath.dirname(path)), *named)}
        return self._scope(tuple(sorted(files)))

    def _in_and_above(self, folder: str) -> tuple[str, ...]:
        above = folders_above(posixpath.join(folder, "_"))
        return tuple(file for each in above for file in self._by_folder.of(each, *_APPLY))

    def _resolved(self, path: str) -> str:
        """The file at the end of a link, which is stored as its target; the link itself where that is no legal file."""
        for _ in range(_MAX_LINKS):
            target = (self._files[path] or "").strip()
            if not target.startswith(_LINKS) or "\n" in target or len(target) > _MAX_LINK:
                break
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.lstrip("/")))
            if place not in self._files:
                break
            path = place
        return path

    def _make(self, files: tuple[str, ...]) -> Scope:
        parts = [self._source, *(f"{path}\0{self._digest(path)}" for path in files)]
        return Scope(hashlib.sha256("\0\0".join(parts).encode()).hexdigest()[:32], files)


@lru_cache(maxsize=4)
def scopes(folder: str, source: str) -> Scopes:
    """The scopes of a source. Args: folder: what `LegalFiles` wrote at the ingest stage."""
    return Scopes(source, load(folder, source))


@lru_cache(maxsize=1)
def legal_texts(folder: str, source: str) -> Texts:
    """The legal files of a source, path to text."""
    return load(folder, source)
