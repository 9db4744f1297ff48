"""Files of one project in one run of tokens: what is imported comes first, so that a window holds what its code rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from seedbed.models.tokens.fim import Middle, Piece, spans
from seedbed.models.tokens.import_order import imports_first
from seedbed.models.tokens.pretokenizer import END_OF_TEXT, FILE_SEP, REPO_NAME
from seedbed.models.tokens.seeded_random import draws


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a split: `id` is unique; `project`, and the `path` inside it, are empty where the dataset has none."""

    id: str
    project: str
    path: str
    language: str
    text: str

    @property
    def group(self) -> str:
        """What it is packed with: its project, or itself alone."""
        return self.project or self.id


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one project, ordered; `copy` counts how often the project was told before in one pass."""

    name: str
    copy: int
    files: tuple[SourceFile, ...]


def groups(files: Sequence[SourceFile], epochs: Mapping[str, float], seed: int) -> list[Group]:
    """The projects, each as often as its languages are to be seen, in an order that the seed alone decides.

    Copy k of a project holds its files of languages with more than k epochs; where the number of epochs is broken, the
    last copy holds the files whose draw is below the broken part.
    """
    by_name: dict[str, list[SourceFile]] = {}
    for file in sorted(files, key=lambda file: (file.group, file.id, file.text)):
        by_name.setdefault(file.group, []).append(file)
    made = [group for name, members in by_name.items() for group in _copies(name, members, epochs, seed)]
    return sorted(made, key=lambda group: draws(seed, "order", group.name, group.copy))


def _copies(name: str, members: Sequence[SourceFile], epochs: Mapping[str, float], seed: int) -> Iterator[Group]:
    times = {file.id: _times(file, epochs, seed) for file in members}
    ordered = imports_first(members)
    for copy in range(max(times.values())):
        yield Group(name, copy, tuple(file for file in ordered if times[file.id] > copy))


def _times(file: SourceFile, epochs: Mapping[str, float], seed: int) -> int:
    """How often a file is seen in one pass over the tokens."""
    wanted = epochs.get(file.language, 1.0)
    return int(wanted) + (draws(seed, "times", file.id)[0] < wanted % 1)


def pieces(group: Group, middle: Middle) -> Iterator[Piece]:
    """What is told of a group: the project's name, then each file behind a mark and its path, then the end of text.

    A file stands between two special tokens and is cut on its own: filling in the middle never crosses files.
    """
    if group.files[0].project:
        yield Piece(REPO_NAME, special=True)
        yield Piece(repository_name(group.name))
    for file in group.files:
        for told in spans(file.text, f"{file.id}#{group.copy}", middle):
            yield from _heading(file)
            yield from told
    yield Piece(END_OF_TEXT, special=True)


def _heading(file: SourceFile) -> tuple[Piece, ...]:
    mark = Piece(FILE_SEP, special=True)
    return (mark, Piece(f"{file.path}\n")) if file.path else (mark,)


def repository_name(project: str) -> str:
    """A project as people call it.

    >>> repository_name("pkg:pypi/requests"), repository_name("https://example.org/ann/tool.git")
    ('requests', 'ann/tool')
    """
    if project.startswith("pkg:"):
        return project.split("/", 1)[-1]
    _, is_url, address = project.partition("://")
    path = PurePosixPath(address.removesuffix(".git"))
    return "/".join(path.parts[1:][-2:]) if is_url and len(path.parts) > 1 else project
