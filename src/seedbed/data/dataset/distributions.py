"""Exact quantiles and readable histograms of whole-numbered columns."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from seedbed.core.config.recipe import Limit
from seedbed.core.manifests.contents import Distribution, Quantiles

Bounds = tuple[int | None, int | None]
"""The least and the most that a recipe allows in a column; None is no limit."""

_LINEAR_UP_TO = 60
_BINS_A_DECADE = (6, 12, 24)
_FEW_BINS = 10


def bounds(limits: Iterable[Limit], values: Mapping[str, Any]) -> dict[str, Bounds]:
    """The bounds of each column that a filter's limit names.

    Args: values: the recipe's limits by key.
    """
    by_column: dict[str, Bounds] = {}
    for limit in limits:
        if limit.column:
            least, most = by_column.get(limit.column, (None, None))
            value = values[limit.key]
            by_column[limit.column] = (value, most) if limit.key.startswith("min_") else (least, value)
    return by_column


def quantiles(values: Counter[int]) -> Quantiles:
    """Nearest-rank quantiles of counted values: the smallest value with at least that share at or below it; 0 if none."""
    ranks = (50, 90, 99, 100)
    total, seen, quantile = values.total(), 0, dict.fromkeys(ranks, 0)
    wanted = list(ranks)
    for value in sorted(values):
        seen += values[value]
        while wanted and 100 * seen >= wanted[0] * total:
            quantile[wanted.pop(0)] = value
    return Quantiles(median=quantile[50], p90=quantile[90], p99=quantile[99], max=quantile[100])


def edges(least: int, most: int) -> tuple[int, ...]:
    """Bin edges around [least, most]: one bin a value when few, else six a decade (... 10, 15, 22, 32, 46, 68, 100 ...),
    or twice or four times as many where that would be fewer than ten.

    >>> edges(0, 3)
    (0, 1, 2, 3, 4)
    """
    if most - least <= _LINEAR_UP_TO:
        return tuple(range(least, most + 2))
    decades = math.log10(most / max(least, 1))
    a_decade = next((bins for bins in _BINS_A_DECADE if bins * decades >= _FEW_BINS), _BINS_A_DECADE[-1])
    grid = list(_grid(most, a_decade))
    first = max(index for index, edge in enumerate(grid) if edge <= least)
    return tuple(grid[first:])


def histogram(values: Counter[int], bins: tuple[int, ...]) -> tuple[int, ...]:
    """Counts of the values in [bins[i], bins[i + 1]); every value must lie in a bin."""
    return tuple(sum(values[value] for value in values if low <= value < high) for low, high in pairwise(bins))


def distribution(values: Counter[int], unit: str, meaning: str, limits: Bounds) -> Distribution:
    """Describe counted values, none negative; `limits` are the recipe's least and most."""
    bins = edges(min(values, default=0), max(values, default=0))
    return Distribution(
        unit=unit,
        meaning=meaning,
        edges=bins,
        counts=histogram(values, bins),
        quantiles=quantiles(values),
        least=limits[0],
        most=limits[1],
    )


def _grid(most: int, a_decade: int) -> Iterator[int]:
    """0, 1, 2, 3, 5, 7, 10, 15 ... up to the first edge above `most`: even steps of the logarithm, rounded."""
    yield 0
    last = 0
    for step in itertools.count():
        edge = round(10 ** (step / a_decade))
        if edge > last:
            yield edge
            last = edge
        if edge > most:
            return
