"""Questions that are made of the files of a split: one place in each of some files of every language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from seedbed.evaluation.documents import Document, drawn, languages_of
from seedbed.evaluation.fim_spans import Cut, MaskedSpan, masked_span
from seedbed.evaluation.prompts import Question
from seedbed.models.inference.backend import Backend

Anything = TypeVar("Anything")
Accepts = Callable[[Question], bool]

_SPARE: Final = 4
"""Files that are looked at for each that is wanted: not every one has a function that can be cut."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which places are asked about: the kind of cut, how many of each language, and the seed of the draw."""

    cut: Cut
    count: int
    languages: Sequence[str]
    seed: int


class OfSplit:
    """Questions that are ready."""

    def __init__(self, questions: list[Question]) -> None:
        self.questions = questions

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.questions)

    def described(self, count: int) -> object:
        """The first ones as plain data."""
        return [one.plain() for one in self.questions[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """Every model can be asked."""
        return None


def questions(documents: Sequence[Document], choice: Choice, accepts: Accepts = lambda _: True) -> list[Question]:
    """At most `count` questions of each language, one a file; the languages take turns, so that any first part has them all.

    The choice depends on the seed, the kind of cut and the files alone. A question is never about more than one file.
    """
    by_language = [
        list(
            islice(
                _of_language(drawn(documents, language, _SPARE * choice.count, choice.seed, choice.cut), choice, accepts),
                choice.count,
            )
        )
        for language in languages_of(documents, choice.languages)
    ]
    return in_turns(by_language)


def in_turns(lists: Sequence[Sequence[Anything]]) -> list[Anything]:
    """The first of each, then the second of each: ([1, 2], [3]) -> [1, 3, 2]."""
    longest = max(map(len, lists), default=0)
    return [some[turn] for turn in range(longest) for some in lists if turn < len(some)]


def _of_language(documents: Iterable[Document], choice: Choice, accepts: Accepts) -> Iterator[Question]:
    for document in documents:
        place = masked_span(document, choice.cut, choice.seed)
        if place is not None and accepts(question := _question(document, place)):
            yield question


def _question(document: Document, place: MaskedSpan) -> Question:
    text = document.text
    line = text.count("\n", 0, place.start) + 1
    return Question(
        id=f"{document.id}#L{line}",
        language=document.language,
        path=document.path,
        prefix=text[: place.start],
        suffix=text[place.end :],
        truth=text[place.start : place.end],
        scope=place.scope,
        around=place.around,
    )
