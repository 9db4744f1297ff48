"""Files of one project in one run of tokens: who is imported comes first, so that a window holds what its code rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from seedbed.model.draws import draws
from seedbed.model.fim import Piece, fill_in_middle
from seedbed.model.imports import imports_first
from seedbed.model.pretokens import END_OF_TEXT, FILE_SEP, REPO_NAME


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a split: `id` is unique, `path` is inside the project and may be empty."""

    id: str
    project: str
    path: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Middle:
    """How often files are cut for filling in the middle; a rate of 0 leaves them all as they are."""

    rate: float
    spm_rate: float
    seed: int


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one project, ordered; `copy` counts how often the project was seen before in the same epoch."""

    project: str
    copy: int
    files: tuple[SourceFile, ...]


def groups(files: Sequence[SourceFile], epochs: dict[str, float], seed: int) -> list[Group]:
    """The projects, each as often as its languages are to be seen, in an order that the seed alone decides.

    Copy k of a project holds its files of languages with more than k epochs; of a language with a broken number of
    epochs, the last copy holds the files whose draw is below the broken part.
    """
    by_project: dict[str, list[SourceFile]] = {}
    for file in sorted(files, key=lambda file: (file.project, file.path, file.id)):
        by_project.setdefault(file.project, []).append(file)
    made = []
    for project, members in by_project.items():
        ordered = imports_first(members)
        for copy in range(max(times(file, epochs, seed) for file in members)):
            chosen = tuple(file for file in ordered if times(file, epochs, seed) > copy)
            made.append(Group(project, copy, chosen))
    return sorted(made, key=lambda group: (draws(seed, "order", group.project, group.copy), group.project, group.copy))


def times(file: SourceFile, epochs: dict[str, float], seed: int) -> int:
    """How often a file is seen in one pass over the tokens."""
    wanted = epochs.get(file.language, 1.0)
    whole = int(wanted)
    return whole + (draws(seed, "times", file.id)[0] < wanted - whole)


def pieces(group: Group, middle: Middle) -> Iterator[Piece]:
    """What a group is told as: its name, then each file behind its path, then the end of text.

    A file stands between two special tokens, and is cut on its own: filling in the middle never crosses files.
    """
    yield Piece(REPO_NAME, special=True)
    yield Piece(repository_name(group.project))
    for file in group.files:
        yield Piece(FILE_SEP, special=True)
        yield Piece(f"{file.path}\n")
        yield from fill_in_middle(file.text, f"{file.id}\0{group.copy}", middle.seed, middle.rate, middle.spm_rate)
    yield Piece(END_OF_TEXT, special=True)


def repository_name(project: str) -> str:
    """A project as people call it.

    >>> repository_name("pkg:pypi/requests"), repository_name("https://example.org/ann/tool.git")
    ('requests', 'ann/tool')
    """
    if project.startswith("pkg:"):
        return project.split("/", 1)[-1]
    path = PurePosixPath(project.split("://", 1)[-1].removesuffix(".git"))
    return "/".join(path.parts[1:][-2:]) or project
