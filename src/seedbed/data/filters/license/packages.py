"""Folders of metadata that speak for a package beside them: `X.dist-info`, `X.egg-info`, `META-INF`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from enum import Enum
from functools import cache, lru_cache

from seedbed.data.filters.license.legal_names import PACKAGING_FOLDERS, LegalKind, kind_of

_PYTHON_METADATA = re.compile(r"(?P<name>[^/]+?)(?:-[0-9][^/]*?)?\.(?:dist|egg)-info")
_WHOLE = frozenset({"META-INF", "EGG-INFO"})


class Voice(Enum):
    """Whether a folder of metadata speaks for a path."""

    YES = "it names the path's package"
    MAYBE = "it has no list of its files, and no package of its name is known"
    NO = "the path belongs to something else"


def metadata_folder(path: str) -> str | None:
    """The folder of an installed Python package's metadata that holds a path, or the file that stands for one.

    >>> metadata_folder("lib/a-1.0.dist-info/licenses/LICENSE"), metadata_folder("a.egg-info"), metadata_folder("a/b.py")
    ('lib/a-1.0.dist-info', 'a.egg-info', None)
    """
    parts = path.replace("\\", "/").split("/")
    places = (number for number, part in enumerate(parts, 1) if _PYTHON_METADATA.fullmatch(part))
    number = next(places, 0)
    return "/".join(parts[:number]) or None


@lru_cache(maxsize=100_000)
def place_of(path: str) -> str:
    """The folder to which a legal file applies by where it lies: its own, or the one around a folder of metadata or texts.

    >>> [place_of(path) for path in ("a/LICENSE", "a/META-INF/maven/g/b/pom.xml", "LICENSES/MIT.txt", "docs/legal/LICENSE")]
    ['a', 'a', '', '']
    """
    folders = posixpath.dirname(path.replace("\\", "/")).split("/")
    whole = next((number for number, folder in enumerate(folders) if folder in _WHOLE), None)
    if whole is not None:
        return "/".join(folders[:whole])
    if kind_of(path) is LegalKind.TEXTS:
        folders = folders[:-1]
        return "/".join(folders[:-1] if folders and folders[-1].lower() in {"doc", "docs"} else folders)
    is_packaging = folders[-1] in PACKAGING_FOLDERS and kind_of(path) is LegalKind.MANIFEST
    is_around = is_packaging or folders[-1] in {".reuse", ".well-known"} or path.endswith(_OF_THE_FOLDER_ABOVE)
    return "/".join(folders[:-1] if is_around else folders)


_OF_THE_FOLDER_ABOVE = ("debian/copyright", "meta/main.yml")


class PackageMetadata:
    """The packages whose metadata lie in a source, and the paths that they consist of.

    Args: files: legal files of the source, path to text.
    """

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._files = files
        self._folders: dict[str, dict[str, list[str]]] = {}
        for path in sorted(files):
            folder = metadata_folder(path)
            if folder is not None:
                self._folders.setdefault(posixpath.dirname(folder), {}).setdefault(folder, []).append(path)
        self._listed = cache(self._read_lists)

    def beside(self, folder: str) -> Mapping[str, list[str]]:
        """The folders of metadata in a folder, with the legal files in each."""
        return self._folders.get(folder, {})

    @property
    def folders(self) -> Collection[str]:
        """The folders that metadata lie in."""
        return self._folders.keys()

    def voice(self, metadata: str, path: str) -> Voice:
        """Whether the metadata speak for a path, which lies in or below the folder around them."""
        folder = posixpath.dirname(metadata)
        below = path[len(folder) + 1 if folder else 0 :]
        if path.startswith(f"{metadata}/"):
            return Voice.YES
        names, listed = self._listed(metadata)
        top = re.sub(r"\.\w+$", "", below.partition("/")[0])
        if _normal(top) in names or below in listed or path in listed:
            return Voice.YES
        return (
            Voice.NO
            if listed or any(self._files.get(f"{metadata}/{name}") for name in ("top_level.txt", "RECORD"))
            else Voice.MAYBE
        )

    def _read_lists(self, metadata: str) -> tuple[frozenset[str], frozenset[str]]:
        """Normalised names of the package's top folders and modules, and the paths that its lists name."""
        match = _PYTHON_METADATA.fullmatch(posixpath.basename(metadata))
        names = {match["name"]} if match else set()
        record = self._files.get(f"{metadata}/RECORD") or ""
        sources = self._files.get(f"{metadata}/SOURCES.txt") or ""
        rows = (line.partition(",")[0].strip('"') for line in record.splitlines())
        installed = {path for path in rows if path and not path.startswith(("/", ".."))}
        names |= set((self._files.get(f"{metadata}/top_level.txt") or "").split())
        names |= {re.sub(r"\.\w+$", "", path.partition("/")[0]) for path in installed if "-info/" not in path}
        return frozenset(map(_normal, names)), frozenset(installed) | frozenset(sources.split("\n"))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
