"""Figures of a completion or a text: exact match, edit similarity, pass@k, bits per byte."""

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
