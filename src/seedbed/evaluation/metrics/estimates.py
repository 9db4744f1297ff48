"""Figures of completions, and bootstrap intervals over problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, log
from statistics import fmean
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

USUAL_K = (1, 10, 100)


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """The unbiased estimate of one problem.

    Args: samples: n completions, of which `passed` pass; k: at most n.
    Returns: 1 - C(n - passed, k) / C(n, k), exact before it becomes a float.
    Raises: ValueError when k is not in [1, n].
    Source: Chen et al. 2021, arXiv:2107.03374, equation 1.

    >>> pass_at_k(5, 2, 1), pass_at_k(5, 2, 4)
    (0.4, 1.0)
    """
    if not 1 <= k <= samples:
        raise ValueError(f"k {k} of {samples} samples")
    return 1 - comb(samples - passed, k) / comb(samples, k)


def mean_pass_at_k(counts: Sequence[tuple[int, int]], ks: Iterable[int] = USUAL_K) -> dict[int, float]:
    """K -> the mean over problems, for every k that all of them have enough samples for.

    Args: counts: of each problem how many samples there are, and how many pass.
    """
    least = min((samples for samples, _ in counts), default=0)
    return {k: fmean(pass_at_k(samples, passed, k) for samples, passed in counts) for k in ks if k <= least}


def bits_per_byte(nats: float, size_bytes: int) -> float:
    """Negative log-likelihood of a text over its size.

    Args: nats: sum over all of its tokens; size_bytes: of its UTF-8 form.
    Unit: nats and bytes -> bits per byte.  Raises: ValueError for a text without bytes.

    >>> bits_per_byte(8 * log(2), 4)
    2.0
    """
    if size_bytes <= 0:
        raise ValueError("a text without bytes has no bits per byte")
    return nats / log(2) / size_bytes


def exact_match(completion: str, truth: str) -> float:
    """1.0 where both are the same but for white space at the ends, else 0.0.

    >>> exact_match("return x  ", "return x"), exact_match("return y", "return x")
    (1.0, 0.0)
    """
    return float(completion.strip() == truth.strip())


def edit_similarity(completion: str, truth: str) -> float:
    """1 minus the edit distance over the longer length, white space at the ends aside.

    Unit: share, 0 (nothing in common) to 1 (equal; two empty texts are).

    >>> edit_similarity("return x", "return xy")
    0.8888888888888888
    """
    left, right = completion.strip(), truth.strip()
    longer = max(len(left), len(right))
    return 1.0 - edit_distance(left, right) / longer if longer else 1.0


def edit_distance(left: str, right: str) -> int:
    """Fewest characters to insert, delete or replace that make one text the other.

    Source: Myers 1999, "A fast bit-vector algorithm for approximate string matching", in Hyyro's form for the distance of
    two whole strings: a column of the table is two integers, whose bits say where it goes up and where down.

    >>> edit_distance("kitten", "sitting")
    3
    """
    if not left:
        return len(right)
    places: dict[str, int] = {}
    for index, letter in enumerate(left):
        places[letter] = places.get(letter, 0) | 1 << index
    everywhere, last = (1 << len(left)) - 1, 1 << (len(left) - 1)
    up, down, distance = everywhere, 0, len(left)
    for letter in right:
        equal = places.get(letter, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right_up, right_down = down | ~(diagonal | up), up & diagonal
        distance += bool(right_up & last) - bool(right_down & last)
        right_up, right_down = right_up << 1 | 1, right_down << 1
        up = (right_down | ~(equal | down | right_up)) & everywhere
        down = right_up & (equal | down) & everywhere
    return distance


Floats = npt.NDArray[np.float64]
Statistic = Literal["mean", "p50", "p95"]

DRAWS: Final = 2000
"""Resamples: the ends of a 95 % interval then rest on 50 draws each."""
LEVEL: Final = 0.95
SEED: Final = 17
AT_ONCE: Final = 1 << 22
"""Most numbers resampled in one go, so that a hundred thousand problems fit in memory."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the ends of its interval at `LEVEL`, all in the unit of the values."""

    value: float
    low: float
    high: float


def interval(
    values: Sequence[float],
    weights: Sequence[float] | None = None,
    statistic: Statistic = "mean",
    *,
    at_once: int = AT_ONCE,
) -> Interval:
    """A statistic over problems, with its percentile bootstrap interval: problems are drawn again, with replacement.

    Shape: values [n], weights [n] or None for equal ones; weights count in the mean alone.
    Args: at_once: most numbers that are resampled in one go; it changes the memory that is taken, never the interval.
    Error: none besides the draws', which are the same every time.  Source: Efron and Tibshirani 1993, chapter 13.
    Raises: ValueError without a value.

    >>> interval([0.5, 0.5])
    Interval(value=0.5, low=0.5, high=0.5)
    """
    return _interval(_columns(values, weights), lambda columns: _STATISTICS[statistic](columns[0], columns[1]), at_once)


def difference(
    before: Sequence[float], after: Sequence[float], weights: Sequence[float] | None = None, statistic: Statistic = "mean"
) -> Interval:
    """`after` minus `before` on the same problems, drawn together: what both find hard does not widen the interval.

    Shape: before [n], after [n], weights [n] or None; position i is one problem.  Raises: ValueError without a value.
    """
    pairs = np.concatenate([_columns(before, weights), _columns(after, weights)[:1]])
    apply = _STATISTICS[statistic]
    return _interval(pairs, lambda columns: apply(columns[2], columns[1]) - apply(columns[0], columns[1]))


def _columns(values: Sequence[float], weights: Sequence[float] | None) -> Floats:
    if not len(values):
        raise ValueError("no problem, no figure")
    return np.array([values, np.ones(len(values)) if weights is None else weights], dtype=np.float64)


def _interval(columns: Floats, figure: Callable[[Floats], Floats], at_once: int = AT_ONCE) -> Interval:
    """Shape: columns [c, n]; `figure` takes [c, draws, n] to [draws]."""
    count = columns.shape[1]
    value = float(figure(columns[:, None, :])[0])
    if count == 1:
        return Interval(value, value, value)
    chance = np.random.default_rng(SEED)
    rows = max(1, min(DRAWS, at_once // count))
    drawn: list[float] = []
    while len(drawn) < DRAWS:
        chosen = chance.integers(count, size=(min(rows, DRAWS - len(drawn)), count))
        drawn.extend(figure(columns[:, chosen]).tolist())
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high))


def _mean(values: Floats, weights: Floats) -> Floats:
    """Shape: [draws, n] and [draws, n] -> [draws]."""
    result: Floats = (values * weights).sum(-1) / weights.sum(-1)
    return result


def _quantile(share: float) -> Callable[[Floats, Floats], Floats]:
    return lambda values, _: np.quantile(values, share, axis=-1)


_STATISTICS: Mapping[Statistic, Callable[[Floats, Floats], Floats]] = MappingProxyType(
    {"mean": _mean, "p50": _quantile(0.5), "p95": _quantile(0.95)}
)
