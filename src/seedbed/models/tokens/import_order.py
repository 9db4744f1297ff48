"""Order the files of a project so that imported files come first, as far as import lines tell.

Imports are not resolved as a compiler does: an import names the end of a path, and means the nearest file with that end.
A wrong guess only moves a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from posixpath import commonpath
from typing import Protocol, TypeVar

from seedbed.core.syntax import named


class Importing(Protocol):
    """A file with a path inside its project, a language and a text."""

    @property
    def path(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def text(self) -> str: ...


File = TypeVar("File", bound=Importing)


def imports_first(files: Sequence[File]) -> list[File]:
    """Sort the files of a project: each after those that it imports, else by depth of its path, then by name.

    A cycle is broken at its first file in this order, which then comes last in the cycle.
    """
    by_path = {file.path: file for file in files}
    ordered = sorted(files, key=lambda file: (file.path.count("/"), file.path))
    if len(by_path) != len(files):  # two versions of a project, or a dataset without paths
        return ordered
    ends = PathEnds(by_path)
    return [by_path[path] for path in _depth_first({file.path: _imported(file, ends) for file in ordered})]


class PathEnds:
    """Look up the paths of a project by their ends."""

    def __init__(self, paths: Mapping[str, object]) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        for path in sorted(paths):
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)
            self._by_folder.setdefault(PurePosixPath(path).parent.name, []).append(path)

    def nearest(self, end: str, start: str) -> str | None:
        """The path that ends in `end` and shares most folders with `start`; None without a match."""
        name = PurePosixPath(end).name
        return min(_ending(self._by_name.get(name, ()), end), key=lambda path: (-_common(path, start), path), default=None)

    def inside(self, end: str) -> list[str]:
        """The paths in the folder that ends in `end`."""
        candidates = self._by_folder.get(PurePosixPath(end).name, ())
        return [path for path in candidates if f"/{PurePosixPath(path).parent}".endswith(f"/{end}")]


def _ending(paths: Sequence[str], end: str) -> list[str]:
    return [path for path in paths if f"/{path}".endswith(f"/{end}")]


def _common(path: str, other: str) -> int:
    """Number of leading folders that both paths share."""
    return commonpath([f"/{path}", f"/{other}"]).rstrip("/").count("/")


def _imported(file: Importing, ends: PathEnds) -> list[str]:
    """Paths of the files that a file imports, in the order of their paths."""
    return sorted(set(_matches(file, ends)) - {file.path})


def _matches(file: Importing, ends: PathEnds) -> Iterator[str]:
    imports = named(file.language).imports
    for choices in imports.files(file.path, file.text) if imports else ():
        for end in choices:
            if end.endswith("/"):
                paths = [path for path in ends.inside(end.rstrip("/")) if not path.endswith("_test.go")]
            else:
                nearest = ends.nearest(end, file.path)
                paths = [nearest] if nearest else []
            if paths:
                yield from paths
                break


def _depth_first(imported: Mapping[str, Sequence[str]]) -> list[str]:
    """Every path after all that it imports, except in cycles; without recursion."""
    ordered: dict[str, None] = {}
    for root in imported:
        open_paths = {root: iter(imported[root])}
        while open_paths:
            path, rest = next(reversed(open_paths.items()))
            following = next((other for other in rest if other not in ordered and other not in open_paths), None)
            if following is None:
                open_paths.pop(path)
                ordered[path] = None
            else:
                open_paths[following] = iter(imported[following])
    return list(ordered)
