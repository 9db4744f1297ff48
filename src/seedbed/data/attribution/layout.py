"""Files of the attribution index, and the hashed token runs in them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from seedbed.core.syntax import hashing

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.core.syntax.hashing import Hashes
    from seedbed.data.attribution.tokens import Tokens


FORMAT: Final = 1
FOLDER: Final = "attribution"
HEAD: Final = "index.json"
TEXTS: Final = "texts.bin"
KINDS: Final = ("exact", "renamed")

FILE: Final = np.dtype([("block", "<u4"), ("start", "<u4"), ("middle", "<u4"), ("end", "<u4"), ("project", "<u4")])
"""block: its frame; start, middle, end: in the frame, bytes of the line of JSON and of the text; project: a number."""

REST_BITS: Final = 16
ENTRIES_IN_A_BUCKET: Final = 16
"""Mean number, so that a look-up reads one page. With b bits of the bucket and 16 more, a run that is not in the index is
mistaken for one that is once in 2^16 / 16 look-ups; what is found is compared word by word anyway."""
BLOCK_BYTES: Final = 1 << 16
"""Stripped text in a frame, before it is compressed: a look-up unpacks one in about a tenth of a millisecond."""
KEYS: Final = ("id", "project", "version", "path", "license", "swhid", "language")
"""What is kept of a row."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Tokens in a run, and runs in a window; every common span of `guarantee` tokens is found."""

    run: int
    window: int

    @property
    def guarantee(self) -> int:
        """Tokens from which no common span is missed."""
        return self.run + self.window - 1


EXACT: Final = Scheme(run=20, window=13)
"""32 tokens: below, idioms of unrelated projects meet; docs/method/attribution.md has the figures. The run is as long
as leaves a window that keeps few runs, and as short as lets few files be compared in vain."""
RENAMED: Final = Scheme(run=32, window=17)
"""48 tokens: a shape without its names is less distinctive."""


def exact_grams(tokens: Tokens, scheme: Scheme = EXACT) -> Hashes:
    """Hash of every run of tokens as they stand. Shape: [max(0, n - k + 1)]."""
    return hashing.runs(tokens.values, scheme.run)


def renamed_grams(tokens: Tokens, scheme: Scheme = RENAMED) -> Hashes:
    """Hash of every run up to a consistent renaming of names: equal runs are renamings of each other.

    A name is encoded as the distance to its last occurrence, where that is inside the run. Shape: [max(0, n - k + 1)].
    """
    count = len(tokens) - scheme.run + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    distance = tokens.distance
    plain, seen, new = tokens.values.copy(), _codes(scheme.run).take(np.minimum(distance, scheme.run)), _codes(scheme.run)[0]
    total = np.zeros(count, dtype=np.uint64)
    for place in range(scheme.run):
        part = slice(place, place + count)
        names = np.where((distance[part] <= place) & (distance[part] > 0), seen[part], new)
        total += np.where(tokens.named[part], names, plain[part]) * _multipliers(scheme.run)[place]
    return hashing.mix(total)


def kept(grams: Hashes, window: int) -> npt.NDArray[np.intp]:
    """Places of the runs that winnowing keeps, ascending; none where there are fewer than a window."""
    if len(grams) < window:
        return np.zeros(0, dtype=np.intp)
    windows = np.lib.stride_tricks.sliding_window_view(grams, window)
    last = window - 1 - windows[:, ::-1].argmin(axis=1)
    return np.unique(last + np.arange(len(windows)))


@functools.cache
def _codes(run: int) -> Hashes:
    """A value for each distance; the first is that of a new name."""
    return hashing.mix(np.arange(1, run + 2, dtype=np.uint64))


@functools.cache
def _multipliers(run: int) -> Hashes:
    return hashing.terms(np.ones(run, dtype=np.uint64))
