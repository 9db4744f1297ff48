"""Pack the files of a project into one sequence, imported files first, so that a window contains what its code uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from seedbed.models.tokens.fim import FimSettings, Segment, spans
from seedbed.models.tokens.import_order import imports_first
from seedbed.models.tokens.pretokenizer import END_OF_TEXT, FILE_SEP, REPO_NAME
from seedbed.models.tokens.seeded_random import draws


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One file of a split. `id` is unique; `project` and `path` are "" where the dataset has none."""

    id: str
    project: str
    path: str
    language: str
    text: str

    @property
    def group(self) -> str:
        """Name of its group: the project, or the file alone."""
        return self.project or self.id


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one project in order; `copy` counts its earlier repetitions in the same pass."""

    name: str
    copy: int
    files: tuple[CorpusFile, ...]


def groups(files: Sequence[CorpusFile], epochs: Mapping[str, float], seed: int) -> list[Group]:
    """The projects, repeated by the epochs of their languages, in an order that depends only on the seed.

    Copy k of a project has its files of languages with more than k epochs. For a fractional number of epochs, the last copy
    has the files whose random draw is below the fraction.
    """
    by_name: dict[str, list[CorpusFile]] = {}
    for file in sorted(files, key=lambda file: (file.group, file.id, file.text)):
        by_name.setdefault(file.group, []).append(file)
    made = [group for name, members in by_name.items() for group in _copies(name, members, epochs, seed)]
    return sorted(made, key=lambda group: draws(seed, "order", group.name, group.copy))


def _copies(name: str, members: Sequence[CorpusFile], epochs: Mapping[str, float], seed: int) -> Iterator[Group]:
    times = {file.id: _times(file, epochs, seed) for file in members}
    ordered = imports_first(members)
    for copy in range(max(times.values())):
        yield Group(name, copy, tuple(file for file in ordered if times[file.id] > copy))


def _times(file: CorpusFile, epochs: Mapping[str, float], seed: int) -> int:
    """How often a file is seen in one pass."""
    wanted = epochs.get(file.language, 1.0)
    return int(wanted) + (draws(seed, "times", file.id)[0] < wanted % 1)


def segments(group: Group, fim: FimSettings) -> Iterator[Segment]:
    """A group as segments: the project's name, then each file after a separator and its path, then the end of text.

    Every file is split on its own: filling in the middle never crosses files.
    """
    if group.files[0].project:
        yield Segment(REPO_NAME, special=True)
        yield Segment(repository_name(group.name))
    for file in group.files:
        for span in spans(file.text, f"{file.id}#{group.copy}", fim):
            yield from _heading(file)
            yield from span
    yield Segment(END_OF_TEXT, special=True)


def _heading(file: CorpusFile) -> tuple[Segment, ...]:
    separator = Segment(FILE_SEP, special=True)
    return (separator, Segment(f"{file.path}\n")) if file.path else (separator,)


def repository_name(project: str) -> str:
    """Display name of a project.

    >>> repository_name("pkg:pypi/requests"), repository_name("https://example.org/ann/tool.git")
    ('requests', 'ann/tool')
    """
    if project.startswith("pkg:"):
        return project.split("/", 1)[-1]
    _, is_url, address = project.partition("://")
    path = PurePosixPath(address.removesuffix(".git"))
    return "/".join(path.parts[1:][-2:]) if is_url and len(path.parts) > 1 else project
