"""Files of one project in import order, packed into one run of tokens, with fill-in-the-middle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import commonpath
from typing import Final, NamedTuple, Protocol, TypeVar

from seedbed.core.syntax import named
from seedbed.models.tokens.pretokenizer import END_OF_TEXT, FILE_SEP, FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX, REPO_NAME
from seedbed.models.tokens.sampling import draws


class Segment(NamedTuple):
    """Text to tokenise, or one special token. A text that looks like a special token is still text."""

    text: str
    special: bool = False


@dataclass(frozen=True, slots=True)
class FimSettings:
    """Which files are split, and how.

    `rate` is the share of files that are split; `spm_rate` the share of those in the order suffix, prefix, middle (SPM);
    `span` the longest text that is split as a whole, in characters. A longer file is divided into spans first, so that prefix,
    suffix and middle fit one context window.
    """

    rate: float
    spm_rate: float
    span: int
    seed: int


def spans(text: str, name: str, fim: FimSettings) -> Iterator[list[Segment]]:
    """A file as segments: one list with the whole file, or one list per span, split in three.

    Args: name: identifies the file in the random draws, together with the seed.
    """
    if draws(fim.seed, "fim", name)[0] >= fim.rate:
        yield [Segment(text)]
        return
    for number, span in enumerate(lines_up_to(text, fim.span)):
        order, first, second, _ = draws(fim.seed, "cut", name, number)
        start, end = sorted((int(first * (len(span) + 1)), int(second * (len(span) + 1))))
        yield cut(span, start, end, suffix_first=order < fim.spm_rate)


def cut(text: str, start: int, end: int, *, suffix_first: bool) -> list[Segment]:
    """Split a text so that the characters from `start` to `end` come last.

    Source: Bavarian et al. 2022, "Efficient training of language models to fill in the middle": PSM, or SPM with prefix and
    middle joined, in StarCoder's order of the special tokens.
    """
    before, inside, after = Segment(text[:start]), Segment(text[start:end]), Segment(text[end:])
    if suffix_first:
        return [_PREFIX, _SUFFIX, after, _MIDDLE, before, inside]
    return [_PREFIX, before, _SUFFIX, after, _MIDDLE, inside]


def lines_up_to(text: str, limit: int) -> Iterator[str]:
    """Divide a text into runs of whole lines of at most `limit` characters; a longer line is a run of its own."""
    run: list[str] = []
    size = 0
    for line in text.splitlines(keepends=True):
        if run and size + len(line) > limit:
            yield "".join(run)
            run, size = [], 0
        run.append(line)
        size += len(line)
    if run:
        yield "".join(run)


_PREFIX: Final = Segment(FIM_PREFIX, special=True)
_SUFFIX: Final = Segment(FIM_SUFFIX, special=True)
_MIDDLE: Final = Segment(FIM_MIDDLE, special=True)


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
