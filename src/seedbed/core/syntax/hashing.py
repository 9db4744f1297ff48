"""Hash whole token arrays with numpy: no loop over tokens, the same result on every machine.

All arithmetic is on 64-bit unsigned integers and wraps around, which is what multiply-shift hashing wants.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Hashes = npt.NDArray[np.uint64]


_BASE: Final = 0x9E3779B97F4A7C15
"""Base of the rolling hash: odd, so that it has an inverse modulo 2^64. The golden ratio's fraction in 64 bits."""
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
"""Multiplier of `mix`: Pelle Evensen's rrmxmx family, as in Mueller's `hash64`."""
_PLACES: Final = tuple(np.uint64(pow(_BASE, 2 * place + 1, 1 << 64)) for place in range(8))
"""Multipliers of the places in a shingle or a row."""
_SHIFT: Final = np.uint64(32)
_MASK: Final = (1 << 64) - 1
_UNSEEN: Final = b" \t\r\n\f\v'\"`\\"
"""Bytes that a token's hash ignores: quotes, and white space, which changes when a string is indented anew."""
_SEEN: Final = bytes(byte not in _UNSEEN for byte in range(256))


def mix(values: Hashes) -> Hashes:
    """Spread every input bit over all output bits; a bijection."""
    mixed = values ^ (values >> _SHIFT)
    mixed *= _MIX
    mixed ^= mixed >> _SHIFT
    mixed *= _MIX
    mixed ^= mixed >> _SHIFT
    return mixed


def spread(values: Hashes) -> Hashes:
    """Make the high bits depend on all bits: a third of the work of `mix`, enough for values that are summed afterwards."""
    spread_ = values ^ (values >> _SHIFT)
    spread_ *= _MIX
    return spread_


def span_hashes(source: bytes, starts: npt.NDArray[np.uint32], ends: npt.NDArray[np.uint32]) -> Hashes:
    """Hash of the bytes of each span, ignoring quotes and white space.

    A polynomial hash of all prefixes gives that of any span by a subtraction and a division by a power of the base.

    Shape: starts, ends [n] offsets into the source -> [n].
    """
    flags = np.frombuffer(source.translate(_SEEN), dtype=np.uint8).astype(np.int32)
    ranks = np.zeros(len(source) + 1, dtype=np.int32)
    np.cumsum(flags, out=ranks[1:])
    visible = np.frombuffer(source.translate(None, _UNSEEN), dtype=np.uint8)
    powers, inverses = _powers(len(visible) + 1)
    # `take` is twice as fast as an index here, and this runs over every byte.
    numbers = _byte_table().take(visible)
    numbers *= powers[: len(visible)]
    prefixes = np.zeros(len(visible) + 1, dtype=np.uint64)
    np.cumsum(numbers, out=prefixes[1:])
    first = ranks.take(starts)
    hashes = prefixes.take(ranks.take(ends))
    hashes -= prefixes.take(first)
    hashes *= inverses.take(first)
    return spread(hashes)


def shingles(values: Hashes, length: int) -> Hashes:
    """Hash of every run of `length` values, or of all values if there are fewer. The values must be spread already.

    Shape: [n] -> [max(n - length + 1, min(n, 1))].
    """
    if len(values) < length:
        return np.asarray(terms(values).sum(keepdims=True)[: len(values)])
    count = len(values) - length + 1
    total = values[:count] * _PLACES[0]
    for place in range(1, length):
        total += values[place : place + count] * _PLACES[place]
    return total


def runs(values: Hashes, length: int) -> Hashes:
    """Hash of every run of `length` values by a rolling sum, for any length; empty if there are fewer values.

    Equal runs have equal hashes at any position: each sum is divided by the power of the base at its start.

    Shape: [n] -> [max(0, n - length + 1)].
    """
    if len(values) < length:
        return np.zeros(0, dtype=np.uint64)
    _, inverses = _powers(len(values) + 1)
    sums = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(terms(values), out=sums[1:])
    count = len(values) - length + 1
    return mix((sums[length:] - sums[:count]) * inverses[:count])


def terms(values: Hashes) -> Hashes:
    """Each value times a number of its position; sums of terms identify a sequence. Shape: [n] -> [n]."""
    powers, _ = _powers(len(values))
    return values * powers[: len(values)]


def sequence_hash(*sums: Hashes | np.uint64) -> int:
    """64-bit hash of a sequence from its `terms`, given in parts."""
    return finish(sum(int(part.sum()) for part in sums))


def set_hash(*columns: Hashes) -> int:
    """64-bit hash of the rows of these columns, independent of their order."""
    total = columns[0] * _PLACES[0]
    for place, column in enumerate(columns[1:], 1):
        total += column * _PLACES[place]
    return finish(int(mix(total).sum()))


def simhash(features: Hashes) -> int:
    """64-bit SimHash: each bit is the majority over the features; a feature that occurs c times has 1 + floor(log2 c) votes.

    The logarithm keeps a table of a thousand equal rows from outvoting the rest of the file.
    """
    if not len(features):
        return 0
    # Half the bits are enough to tell features apart, and sort twice as fast.
    ordered = np.sort((features >> _SHIFT).astype(np.uint32))
    new = np.ones(len(ordered) + 1, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:-1])
    first = np.flatnonzero(new)
    votes = np.repeat(mix(ordered[first[:-1]].astype(np.uint64)), np.frexp(first[1:] - first[:-1])[1])
    # Eight bits at a time: one in each byte of a word, summed as bytes in runs that cannot overflow.
    planes = (votes >> np.arange(8, dtype=np.uint64)[:, None]) & np.uint64(0x0101010101010101)
    sums = np.add.reduceat(planes, np.arange(0, len(votes), 255), axis=1).view(np.uint8)
    ballots = sums.reshape(8, -1, 8).sum(axis=1, dtype=np.int64)
    bits = np.packbits(2 * ballots > len(votes), axis=0, bitorder="little")
    return int.from_bytes(bits.tobytes(), "little")


def previous_distances(names: Hashes) -> Hashes:
    """Distance from each value to its last occurrence; 0 for the first.

    Two sequences have the same distances exactly when one is a consistent renaming of the other. The values must be hashes: their
    lowest 20 bits (more in a longer sequence) do not count.

    >>> previous_distances(mix(np.array([7, 9, 7, 7], dtype=np.uint64))).tolist()
    [0, 0, 2, 1]
    """
    distances = np.zeros(len(names), dtype=np.uint64)
    if not len(names):
        return distances
    # One sort of (value, place) packed in a word does what a stable argsort would, several times faster.
    place_bits = np.uint64(max(20, len(names).bit_length()))
    places = (np.uint64(1) << place_bits) - np.uint64(1)
    packed = np.sort((names & ~places) | np.arange(len(names), dtype=np.uint64))
    place, value = packed & places, packed >> place_bits
    again = np.flatnonzero(value[1:] == value[:-1])
    distances[place[again + 1]] = place[again + 1] - place[again]
    return distances


def sketches(sets: Sequence[Hashes], bins: Sequence[int]) -> npt.NDArray[np.uint16]:
    """One-permutation MinHash of several sets: of each bin's smallest hash 16 bits, one behind the other.

    The share of equal bins among those not empty on both sides estimates the Jaccard similarity of two sets.

    Shape: k sets of mixed hashes, k bin counts (powers of two) -> [sum of bins], 0 for an empty bin.
    Error: standard deviation sqrt(j (1 - j) / bins) at similarity j, less for sets not much larger than their bins.
    Source: Li, Owen, Zhang, "One Permutation Hashing", NIPS 2012.
    """
    smallest = np.full(sum(bins), _MASK, dtype=np.uint64)
    start = 0
    for hashes, count in zip(sets, bins, strict=True):
        places = (hashes >> np.uint64(65 - count.bit_length())).astype(np.intp)
        np.minimum.at(smallest[start : start + count], places, hashes)
        start += count
    # The bits that chose the bin and made the minimum say little; those in the middle are as random as ever.
    sketch = (smallest >> np.uint64(24)).astype(np.uint16) | np.uint16(1)
    sketch[smallest == np.uint64(_MASK)] = 0
    return sketch


@functools.cache
def _byte_table() -> Hashes:
    """A random odd number for each byte value."""
    return mix(np.arange(1, 257, dtype=np.uint64) * np.uint64(_BASE)) | np.uint64(1)


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """At least `count` powers of the base and of its inverse, from a table that doubles."""
    return _power_table(max(16, (count - 1).bit_length()))


@functools.lru_cache(maxsize=2)
def _power_table(bits: int) -> tuple[Hashes, Hashes]:
    powers = np.full(1 << bits, _BASE, dtype=np.uint64)
    inverses = np.full(1 << bits, _INVERSE, dtype=np.uint64)
    powers[0] = inverses[0] = 1
    return np.multiply.accumulate(powers), np.multiply.accumulate(inverses)


def finish(total: int) -> int:
    """`mix` of one number, which may be longer than 64 bits."""
    total &= _MASK
    total = ((total ^ (total >> 32)) * int(_MIX)) & _MASK
    total = ((total ^ (total >> 32)) * int(_MIX)) & _MASK
    return total ^ (total >> 32)
