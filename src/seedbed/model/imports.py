"""The order of a project's files: what a file imports stands before it, where that can be told cheaply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Importing(Protocol):
    """What has a path, a language and a text."""

    @property
    def path(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def text(self) -> str: ...


File = TypeVar("File", bound=Importing)


def imports_first(files: Sequence[File]) -> list[File]:
    """The files of one project, shallow paths first."""
    return sorted(files, key=lambda file: (file.path.count("/"), file.path))
