"""Fill in the middle (FIM): a file is split in three and reordered, so that the model learns to write the middle last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from seedbed.models.tokens.pretokenizer import FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX
from seedbed.models.tokens.seeded_random import draws


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
