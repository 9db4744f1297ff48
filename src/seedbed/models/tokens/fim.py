"""Fill in the middle: a file cut in three, told in an order that asks for the middle last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from seedbed.models.tokens.pretokenizer import FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX
from seedbed.models.tokens.seeded_random import draws


class Piece(NamedTuple):
    """Something to tokenise: a text, or one special token. A text that looks like a special token is still a text."""

    text: str
    special: bool = False


@dataclass(frozen=True, slots=True)
class Middle:
    """Which files are cut, and how.

    `rate` is the share of files that are cut, `spm_rate` the share of those that are told as suffix, prefix, middle;
    `span` is the longest text that is cut as one, in characters: a longer file is told in spans, so that prefix, suffix and
    middle stand in one window of the model.
    """

    rate: float
    spm_rate: float
    span: int
    seed: int


def spans(text: str, name: str, middle: Middle) -> Iterator[list[Piece]]:
    """A file as what is told of it, one list for each time that it is begun: once whole, or each span cut in three.

    Args: name: what the draws depend on besides the seed.
    """
    if draws(middle.seed, "fim", name)[0] >= middle.rate:
        yield [Piece(text)]
        return
    for number, span in enumerate(lines_up_to(text, middle.span)):
        swap, one, other, _ = draws(middle.seed, "cut", name, number)
        start, end = sorted((int(one * (len(span) + 1)), int(other * (len(span) + 1))))
        yield cut(span, start, end, suffix_first=swap < middle.spm_rate)


def cut(text: str, start: int, end: int, *, suffix_first: bool) -> list[Piece]:
    """A text whose characters from `start` to `end` are told last.

    Source: Bavarian et al. 2022, "Efficient training of language models to fill in the middle": PSM, or SPM with prefix
    and middle in one run, in StarCoder's order of the tokens.
    """
    before, inside, after = Piece(text[:start]), Piece(text[start:end]), Piece(text[end:])
    if suffix_first:
        return [_PREFIX, _SUFFIX, after, _MIDDLE, before, inside]
    return [_PREFIX, before, _SUFFIX, after, _MIDDLE, inside]


def lines_up_to(text: str, limit: int) -> Iterator[str]:
    """A text in runs of whole lines of at most `limit` characters; a longer line is a run of its own."""
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


_PREFIX: Final = Piece(FIM_PREFIX, special=True)
_SUFFIX: Final = Piece(FIM_SUFFIX, special=True)
_MIDDLE: Final = Piece(FIM_MIDDLE, special=True)
