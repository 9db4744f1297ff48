"""Estimates of one figure: pass@k from n completions, bits per byte from a likelihood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import comb, log
from statistics import fmean

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
