"""The legal files of a source by the folders that they apply to."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator

from seedbed.data.filters.license.legal_names import LegalKind, kind_of
from seedbed.data.filters.license.packages import metadata_folder, place_of


class FilesByFolder:
    """Paths of the legal files of a source by the folder that they apply to by where they lie."""

    def __init__(self, files: Iterable[str]) -> None:
        self._paths: dict[str, dict[LegalKind, list[str]]] = {}
        for path in sorted(files):
            kind = kind_of(path)
            if kind is not None and metadata_folder(path) is None:
                self._paths.setdefault(place_of(path), {}).setdefault(kind, []).append(path)

    @property
    def folders(self) -> Collection[str]:
        """The folders that legal files apply to."""
        return self._paths.keys()

    def has(self, kind: LegalKind) -> bool:
        """Whether there is a file of this kind anywhere."""
        return any(kind in by_kind for by_kind in self._paths.values())

    def of(self, folder: str, *kinds: LegalKind) -> list[str]:
        """Paths of these kinds that apply to a folder."""
        by_kind = self._paths.get(folder)
        return [path for kind in kinds for path in by_kind.get(kind, ())] if by_kind else []


def folders_above(path: str) -> Iterator[str]:
    """The folder of a path, then its parents up to the root, which is the empty string."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
