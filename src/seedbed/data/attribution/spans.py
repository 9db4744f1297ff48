"""The longest common span of two texts around a place: token by token, or up to a renaming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from seedbed.core.syntax.hashing import Hashes
    from seedbed.data.attribution.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to `end` of one text that agree with as many from `other` on in another."""

    start: int
    end: int
    other: int

    @property
    def tokens(self) -> int:
        """How many."""
        return self.end - self.start


def exact_span(ours: Tokens, place: int, theirs: Tokens, other: int) -> Span:
    """The longest span around two places in which the words are the same. Empty where a hash lied."""
    left = _agreeing(ours.values[:place][::-1], theirs.values[:other][::-1])
    right = _agreeing(ours.values[place:], theirs.values[other:])
    span = Span(place - left, place + right, other - left)
    same = all(ours.word(span.start + i) == theirs.word(span.other + i) for i in range(span.tokens))
    return span if same else Span(place, place, other)


def _agreeing(left: Hashes, right: Hashes) -> int:
    """Number of equal values at the start of both."""
    count = min(len(left), len(right))
    different = np.flatnonzero(left[:count] != right[:count])
    return int(different[0]) if len(different) else count


def renamed_span(ours: Tokens, place: int, theirs: Tokens, other: int) -> Span:
    """A span around two places in which each name of one stands for one name of the other, and all else is the same.

    It is grown to the right first, then to the left under the names that were met.
    """
    names: dict[bytes, bytes] = {}
    back: dict[bytes, bytes] = {}
    right = _paired(ours, range(place, len(ours)), theirs, range(other, len(theirs)), (names, back))
    left = _paired(ours, range(place - 1, -1, -1), theirs, range(other - 1, -1, -1), (names, back))
    return Span(place - left, place + right, other - left)


def _paired(
    ours: Tokens, mine: Iterable[int], theirs: Tokens, other: Iterable[int], names: tuple[dict[bytes, bytes], dict[bytes, bytes]]
) -> int:
    """Number of tokens in a row that agree; pairs of names are added to `names`."""
    count = 0
    for our_place, their_place in zip(mine, other, strict=False):
        a, b = ours.word(our_place), theirs.word(their_place)
        if ours.named[our_place] and theirs.named[their_place]:
            if names[0].setdefault(a, b) != b or names[1].setdefault(b, a) != a:
                return count
        elif a != b:
            return count
        count += 1
    return count


def exact_places(ours: Tokens, place: int, run: int, theirs: Tokens) -> npt.NDArray[np.intp]:
    """Where a run of ours stands in another text."""
    places = np.arange(max(0, len(theirs) - run + 1))
    for step in range(run):
        places = places[theirs.values[places + step] == ours.values[place + step]]
    return places


def renamed_places(ours: Tokens, place: int, run: int, theirs: Tokens) -> npt.NDArray[np.intp]:
    """Where a run of ours stands in another text up to names: each as many tokens after its like, or new in the run, in both."""
    places = np.arange(max(0, len(theirs) - run + 1))
    for step in sorted(range(run), key=lambda step: bool(ours.named[place + step])):  # tokens that are not names leave fewest
        if not ours.named[place + step]:
            places = places[theirs.values[places + step] == ours.values[place + step]]
            continue
        places = places[theirs.named[places + step]]
        distance, mine = theirs.distance[places + step], int(ours.distance[place + step])
        places = places[distance == mine if 0 < mine <= step else (distance == 0) | (distance > step)]
    return places
