"""From a candidate to the files that it copies: shared runs propose files, their tokens decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from seedbed.data.attribution.layout import kept
from seedbed.data.attribution.tokens import Span, exact_places, exact_span, renamed_places, renamed_span, tokens_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.core.syntax.hashing import Hashes
    from seedbed.data.attribution.index import Index, Runs
    from seedbed.data.attribution.layout import Scheme
    from seedbed.data.attribution.tokens import Tokens

    Ints = npt.NDArray[np.int64]


_COMMIT_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Match:
    """A span of a candidate that stands in a file of the dataset; `str()` is one line for a person.

    tokens: how many; start, end: where, in bytes of the candidate; renamed: equal up to the names that a programmer chose.
    id: the dataset's row; license: SPDX; lines: first and last in that file, from 1.
    files, projects: how many of the dataset have the whole span, this one included: what many have is an idiom.
    """

    tokens: int
    start: int
    end: int
    renamed: bool
    id: str
    project: str
    version: str
    path: str
    license: str
    swhid: str
    lines: tuple[int, int]
    files: int
    projects: int

    @property
    def source(self) -> str:
        """Name and version of the project, as in `requests@2.32.3`."""
        name = self.project.rstrip("/").rpartition("/")[2].removesuffix(".git") or self.project
        version = self.version[:12] if len(self.version) == _COMMIT_CHARACTERS else self.version
        return f"{name}@{version}" if version else name

    @property
    def url(self) -> str:
        """A link to the exact bytes: a Software Heritage id with the lines."""
        return f"{self.swhid};lines={self.lines[0]}-{self.lines[1]}"

    def __str__(self) -> str:
        names = " up to names" if self.renamed else ""
        others = f", and {self.projects - 1} more {'project' if self.projects == 2 else 'projects'}" if self.projects > 1 else ""
        return f"{self.tokens} tokens match {self.source} {self.path}{names}, {self.license}{others}"


SpanOfFile = tuple[Span, int]
"""A span, and the number of the file that it is copied from."""
DISTINCT_TOKENS = 10
"""Different tokens, names aside, that a renamed span must have; docs/method/attribution.md has the figures."""
_COMPARED_FILES = 8
_ROW_KEYS = ("id", "project", "version", "path", "license", "swhid")
_PLACES = {"exact": exact_places, "renamed": renamed_places}
_SPANS = {"exact": exact_span, "renamed": renamed_span}


def find(index: Index, text: str, language: str, span: tuple[int, int] | None = None) -> list[Match]:
    """Spans of a text that the dataset has, in their order.

    Every span of `index.runs["exact"].scheme.guarantee` tokens or more that stands word for word in a file of the dataset is
    in one of the matches. Of several files the one that shares most with the text is named, and the others are counted.

    Args: text: a file, or a completion with its surroundings, which separate comments from code; span: the completion's
    bytes in it, outside of which nothing counts. Offsets of the matches start at the span.
    """
    start, end = span or (0, len(text.encode("utf-8", "surrogatepass")))
    tokens = tokens_of(text, language, (start, end))
    exact = _search(index, index.runs["exact"], tokens)
    renamed = [copy for copy in _search(index, index.runs["renamed"], tokens) if not _mostly_inside(copy[0], exact)]
    matches = [_match(index, index.runs["exact"], tokens, copy, start) for copy in exact]
    matches += [_match(index, index.runs["renamed"], tokens, copy, start) for copy in renamed]
    return sorted(matches, key=lambda match: (match.start, -match.tokens, match.id))


def _search(index: Index, runs: Runs, tokens: Tokens) -> list[SpanOfFile]:
    """The longest spans with their files. The files that share most runs are all compared, the others where those had nothing."""
    if len(tokens) < runs.scheme.guarantee:
        return []
    grams = runs.grams(tokens)
    covered = np.full(len(grams), -1)
    inside, ends = _rows(grams[1:] == grams[:-1])
    copies: list[SpanOfFile] = []
    shared = _shared(runs, grams)
    for rank, file in enumerate(sorted(shared, key=lambda file: (-len(shared[file]), file))):
        places = np.array(shared[file])
        wanted = ~inside[places]
        if rank >= _COMPARED_FILES:
            wanted &= _leads_out(places, covered[places], runs.scheme)
        for span in _spans(index, runs, tokens, file, [(place, bool(ends[place])) for place in places[wanted].tolist()]):
            covered[span.start + runs.scheme.window - 1 : max(0, span.end - runs.scheme.guarantee + 1)] = len(copies)
            copies.append((span, file))
    return list(_longest(copies))


def _leads_out(places: Ints, covered: Ints, scheme: Scheme) -> npt.NDArray[np.bool_]:
    """Which shared runs may belong to a span that lies in none of the spans found: one of its first `window` runs is kept and
    so is one of its last, and both are deep inside of the same span that was found only if it lies there whole.

    Args: places: ascending, where runs stand; covered: for each the number of a span that it is deep inside of, or -1.
    Shape: [n], [n] -> [n].
    """
    changes = (covered[1:] != covered[:-1]) & (np.diff(places) <= scheme.window)
    edge = np.zeros(1, dtype=np.bool_)
    return np.asarray((covered < 0) | np.concatenate([edge, changes]) | np.concatenate([changes, edge]))


def _longest(copies: Sequence[SpanOfFile]) -> Iterator[SpanOfFile]:
    """Spans that lie in no longer one; of equal ones that of the first file."""
    taken: list[Span] = []
    for span, file in sorted(copies, key=lambda copy: (-copy[0].tokens, copy[1], copy[0].start)):
        if not any(longer.start <= span.start and span.end <= longer.end for longer in taken):
            taken.append(span)
            yield span, file


def _shared(runs: Runs, grams: Hashes) -> Mapping[int, list[int]]:
    """For each file the places of the runs that it may have too."""
    shared: defaultdict[int, list[int]] = defaultdict(list)
    for place, files in enumerate(runs.postings(grams)):
        for file in files.tolist():
            shared[file].append(place)
    return shared


def _spans(index: Index, runs: Runs, tokens: Tokens, file: int, places: Sequence[tuple[int, bool]]) -> Iterator[Span]:
    """Spans of at least the guaranteed length that a file shares, each the longest around one of the places.

    Args: places: ascending, each with whether it ends a row of equal runs: other spans go through a row's end than its start.
    """
    covered, theirs = -1, index.source(file).tokens
    for place, ends_row in places:
        if place < covered and not ends_row:
            continue
        others = _PLACES[runs.kind](tokens, place, runs.scheme.run, theirs)
        if not len(others):
            continue
        others = others[~_rows(np.diff(others) == 1)[0]]
        spans = (_SPANS[runs.kind](tokens, place, theirs, other) for other in others.tolist())
        best = max(spans, key=lambda span: span.tokens, default=Span(place, place, 0))
        if best.tokens >= runs.scheme.guarantee and (runs.kind == "exact" or _is_distinctive(tokens, best)):
            covered = max(covered, best.end - runs.scheme.run + 1)
            yield best


def _rows(follows: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which places of a run stand inside a row of equal runs, as in a line of dashes, and which one ends a row.

    A span that goes on beyond such a row begins or ends its part of it where the row does, in both texts, so the ends are
    enough; what the others give is shorter, and they are as many as the product of two lengths.

    Args: follows: whether a place has the run of the one before, from the second place on. Shape: [n - 1] -> two of [n].
    """
    edge = np.zeros(1, dtype=np.bool_)
    before, behind = np.concatenate([edge, follows]), np.concatenate([follows, edge])
    return np.asarray(before & behind), np.asarray(before & ~behind)


def _is_distinctive(tokens: Tokens, span: Span) -> bool:
    """Whether a span is distinctive without its names: a list of imports, or a table, has the same shape in any project."""
    part = slice(span.start, span.end)
    return len(np.unique(tokens.values[part][~tokens.named[part]])) >= DISTINCT_TOKENS


def _mostly_inside(span: Span, others: Sequence[SpanOfFile]) -> bool:
    """Whether half of a span or more lies in others."""
    return 2 * sum(max(0, min(span.end, other.end) - max(span.start, other.start)) for other, _ in others) >= span.tokens


def _match(index: Index, runs: Runs, tokens: Tokens, copy: SpanOfFile, offset: int) -> Match:
    span, file = copy
    source, others = index.source(file), _holders(runs, tokens, span)
    return Match(
        tokens=span.tokens,
        start=int(tokens.starts[span.start]) - offset,
        end=int(tokens.ends[span.end - 1]) - offset,
        renamed=runs.kind == "renamed",
        **{key: source.row[key] for key in _ROW_KEYS},
        lines=(source.tokens.line_of(span.other), source.tokens.line_of(span.other + span.tokens - 1)),
        files=max(1, len(others)),
        projects=max(1, len(np.unique(index.files["project"][others]))),
    )


def _holders(runs: Runs, tokens: Tokens, span: Span) -> npt.NDArray[np.intp]:
    """Numbers of the files that have all runs that winnowing keeps of the span wherever it stands."""
    grams = runs.grams(tokens)[span.start : span.end - runs.scheme.run + 1]
    postings = runs.postings(grams[kept(grams, runs.scheme.window)])
    return np.asarray(reduce(np.intersect1d, postings), dtype=np.intp)
