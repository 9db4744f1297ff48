"""Problems made of files of a split: which part of a file is masked, and which files are used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from seedbed.core.syntax import named, parse, walk
from seedbed.evaluation.metrics.syntax import may_go_on
from seedbed.evaluation.prompts import CompletionProblem, Document, drawn, languages_of
from seedbed.models.inference.backend import Backend
from seedbed.models.tokens.sampling import draws

if TYPE_CHECKING:
    from seedbed.core.syntax import Parsed
    from seedbed.evaluation.prompts import Document


Cut = Literal["line", "span", "function"]

_TRIES: Final = 12
_MIN_LETTERS: Final = 3
"""Fewer letters and digits leave little but brackets."""
_MAX_SPAN, _MAX_BODY, _MAX_BODY_LINES, _MIN_BODY_LINES = 160, 800, 24, 2
"""Characters and lines that fit with their surroundings into the shortest context trained here, 256 tokens."""
_CLASS: Final = "class _ {\n"
"""What a method needs around it where its function is judged alone."""


@dataclass(frozen=True, slots=True)
class MaskedSpan:
    """Characters [start, end) of a text. `scope` is where the function around them starts; `around` is the code that the function
    needs before it to parse on its own.
    """

    start: int
    end: int
    scope: int
    around: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A function: its start and the inside of its body, in characters."""

    scope: int
    start: int
    end: int
    around: str


def masked_span(document: Document, cut: Cut, seed: int) -> MaskedSpan | None:
    """A span of a file, drawn by seed, kind of cut and file alone; None where no span suits."""
    bodies = list(functions(document))
    for number in range(_TRIES if bodies else 0):
        which, *chances = draws(seed, cut, document.id, number)
        body = bodies[int(which * len(bodies))]
        span = _CUTS[cut](document.text, body, chances)
        if span is not None:
            return span
    return None


def functions(document: Document) -> Iterator[Body]:
    """Functions that parse on their own and have a body, in source order; nested ones too."""
    parsed = parse(document.text, document.language, document.path)
    if parsed is None:
        return
    for node in walk(parsed).marks.functions:
        inside = node.child_by_field_name("body")
        if inside is None or node.has_error or inside.end_byte - inside.start_byte < 2 * _MIN_LETTERS:
            continue
        scope = _line_start(parsed.source, node.start_byte)
        start, end = _inside(parsed, inside.start_byte, inside.end_byte)
        scope, start, end = (_characters(parsed, at) for at in (scope, start, end))
        around = _surroundings(document, scope, end)
        if around is not None:
            yield Body(scope, start, end, around)


def _inside(parsed: Parsed, start: int, end: int) -> tuple[int, int]:
    """Without the brackets of a block."""
    return (start + 1, end - 1) if parsed.source[start : start + 1] == b"{" else (start, end)


def _characters(parsed: Parsed, at: int) -> int:
    return len(parsed.source[:at].decode("utf-8", "surrogatepass"))


def _line_start(source: bytes, at: int) -> int:
    """Start of the line where only white space stands before; else the place itself."""
    start = source.rfind(b"\n", 0, at) + 1
    return start if not source[start:at].strip() else at


def _surroundings(document: Document, scope: int, end: int) -> str | None:
    """What a function needs before it to parse up to the end of its body; None where nothing here helps."""
    if named(document.language).blocks == "indentation":
        return ""  # judged with the file before it: indentation needs it
    text = document.text[scope:end].rstrip() + "\n"
    return next((around for around in ("", _CLASS) if may_go_on(around + text, document.language, document.path)), None)


def _line(text: str, body: Body, chances: Sequence[float]) -> MaskedSpan | None:
    """A whole line with its indentation, which belongs to the tokens of its first word; not the first of the body."""
    starts = [match.end() for match in re.finditer(r"\n(?=[ \t]*\S)", text[body.start : body.end])][1:]
    if not starts:
        return None
    start = body.start + starts[int(chances[0] * len(starts))]
    stop = text.find("\n", start)
    return _worth(text, MaskedSpan(start, len(text) if stop < 0 else stop, body.scope, body.around))


def _span(text: str, body: Body, chances: Sequence[float]) -> MaskedSpan | None:
    """From any character to any later one, as far as a span goes."""
    start = body.start + int(chances[0] * max(1, body.end - body.start))
    room = min(body.end - start, _MAX_SPAN)
    return _worth(text, MaskedSpan(start, start + 1 + int(chances[1] * max(0, room - 1)), body.scope, body.around))


def _function(text: str, body: Body, _: Sequence[float]) -> MaskedSpan | None:
    """The whole lines inside a function's body."""
    inside = text[body.start : body.end]
    empty = len(inside) - len(inside.lstrip())
    start = max(text.rfind("\n", 0, body.start + empty) + 1, body.scope)
    span = MaskedSpan(start, body.start + len(inside.rstrip()), body.scope, body.around)
    lines = text.count("\n", span.start, span.end) + 1
    fits = _MIN_BODY_LINES <= lines <= _MAX_BODY_LINES and span.end - span.start <= _MAX_BODY
    return _worth(text, span) if fits and not text[start : body.start + empty].strip() else None


def _worth(text: str, span: MaskedSpan) -> MaskedSpan | None:
    """The span, if its text is no comment and has some letters."""
    words = text[span.start : span.end].strip()
    is_comment = words.startswith(("#", "//", "/*", "*", '"""', "'''"))
    return None if is_comment or sum(map(str.isalnum, words)) < _MIN_LETTERS else span


_CUTS: Final = {"line": _line, "span": _span, "function": _function}


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
