"""Problems made of the files of a split: one place in each of some files of every language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from seedbed.evaluation.documents import Document, drawn, languages_of
from seedbed.evaluation.fim_spans import Cut, MaskedSpan, masked_span
from seedbed.evaluation.prompts import CompletionProblem
from seedbed.models.inference.backend import Backend

Anything = TypeVar("Anything")
Accepts = Callable[[CompletionProblem], bool]

_SPARE: Final = 4
"""Files looked at for each problem, since not every file has a function that can be cut."""


@dataclass(frozen=True, slots=True)
class ProblemSelection:
    """Which places become problems: the kind of cut, how many of each language, and the seed of the draw."""

    cut: Cut
    count: int
    languages: Sequence[str]
    seed: int


class SplitProblems:
    """Problems that any model can be asked."""

    def __init__(self, problems: list[CompletionProblem]) -> None:
        self.problems = problems

    @property
    def count(self) -> int:
        """Number of problems."""
        return len(self.problems)

    def describe(self, count: int) -> object:
        """The first ones as plain data."""
        return [problem.plain() for problem in self.problems[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """None: every model can be asked."""
        return None


def select_problems(
    documents: Sequence[Document], selection: ProblemSelection, accepts: Accepts = lambda _: True
) -> list[CompletionProblem]:
    """At most `count` problems of each language, one per file; languages alternate, so that the first n problems cover them all.

    The selection depends on the seed, the kind of cut and the files alone.
    """
    by_language = [
        list(
            islice(
                _of_language(
                    drawn(documents, language, _SPARE * selection.count, selection.seed, selection.cut), selection, accepts
                ),
                selection.count,
            )
        )
        for language in languages_of(documents, selection.languages)
    ]
    return interleave(by_language)


def interleave(lists: Sequence[Sequence[Anything]]) -> list[Anything]:
    """The first of each, then the second of each: ([1, 2], [3]) -> [1, 3, 2]."""
    longest = max(map(len, lists), default=0)
    return [items[turn] for turn in range(longest) for items in lists if turn < len(items)]


def _of_language(documents: Iterable[Document], selection: ProblemSelection, accepts: Accepts) -> Iterator[CompletionProblem]:
    for document in documents:
        place = masked_span(document, selection.cut, selection.seed)
        if place is not None and accepts(problem := _problem(document, place)):
            yield problem


def _problem(document: Document, place: MaskedSpan) -> CompletionProblem:
    text = document.text
    line = text.count("\n", 0, place.start) + 1
    return CompletionProblem(
        id=f"{document.id}#L{line}",
        language=document.language,
        path=document.path,
        prefix=text[: place.start],
        suffix=text[place.end :],
        truth=text[place.start : place.end],
        scope=place.scope,
        around=place.around,
    )
