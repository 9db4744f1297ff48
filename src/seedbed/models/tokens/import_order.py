"""The order of a project's files: what a file imports stands before it, where that can be told cheaply.

Nothing is resolved as a compiler would: an import names the end of a path, and the nearest file with that end is meant.
A wrong guess costs a file's place, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from posixpath import commonpath
from typing import Protocol, TypeVar

from seedbed.core.syntax import named


class Importing(Protocol):
    """What has a path inside its project, a language and a text."""

    @property
    def path(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def text(self) -> str: ...


File = TypeVar("File", bound=Importing)


def imports_first(files: Sequence[File]) -> list[File]:
    """The files of one project, each behind those that it imports; else shallow paths first, then by name.

    A circle is broken at the file that comes first by this order: it goes behind the others of its circle.
    """
    by_path = {file.path: file for file in files}
    ordered = sorted(files, key=lambda file: (file.path.count("/"), file.path))
    if len(by_path) != len(files):  # two versions of a project, or a dataset without paths
        return ordered
    ends = PathEnds(by_path)
    return [by_path[path] for path in _behind_needs({file.path: _needs(file, ends) for file in ordered})]


class PathEnds:
    """The paths of a project, found by their ends."""

    def __init__(self, paths: Mapping[str, object]) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        for path in sorted(paths):
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)
            self._by_folder.setdefault(PurePosixPath(path).parent.name, []).append(path)

    def nearest(self, end: str, start: str) -> str | None:
        """The path that ends in `end` and has most folders in common with `start`; None where there is none."""
        name = PurePosixPath(end).name
        return min(_ending(self._by_name.get(name, ()), end), key=lambda path: (-_common(path, start), path), default=None)

    def inside(self, end: str) -> list[str]:
        """The paths in the folder that ends in `end`."""
        found = self._by_folder.get(PurePosixPath(end).name, ())
        return [path for path in found if f"/{PurePosixPath(path).parent}".endswith(f"/{end}")]


def _ending(paths: Sequence[str], end: str) -> list[str]:
    return [path for path in paths if f"/{path}".endswith(f"/{end}")]


def _common(path: str, other: str) -> int:
    """Folders at the start of both paths."""
    return commonpath([f"/{path}", f"/{other}"]).rstrip("/").count("/")


def _needs(file: Importing, ends: PathEnds) -> list[str]:
    """Paths of the files that a file imports, in the order of their paths."""
    return sorted(set(_found(file, ends)) - {file.path})


def _found(file: Importing, ends: PathEnds) -> Iterator[str]:
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


def _behind_needs(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Depth first, without recursion: a path is written once all that it needs and that is not being waited for is."""
    written: dict[str, None] = {}
    for root in needs:
        waiting = {root: iter(needs[root])}
        while waiting:
            path, left = next(reversed(waiting.items()))
            need = next((need for need in left if need not in written and need not in waiting), None)
            if need is None:
                waiting.pop(path)
                written[path] = None
            else:
                waiting[need] = iter(needs[need])
    return list(written)
