"""Percentile bootstrap over problems, for one run and for the paired difference of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

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
