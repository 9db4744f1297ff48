"""Words put into a license text, or beside it, that take back what it grants. Scancode calls the whole by the text's name.

Two rules, both measured on real license files (docs/method/licenses.md, Detection): in the middle of a text that matches
approximately, any word of prohibition that is not the text's own; elsewhere in a license file, whole phrases only, since
people write much about their projects beside the license.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import groupby

_INSIDE = frozenset(
    "not only except unless cannot may must shall prohibited forbidden commercial noncommercial military evil".split()
)
_BESIDE = re.compile(
    r"\b(?:software|program|code|library|package|works?|product|data|files?|it|you)(?: \w+){0,3} (?:may|shall|must|can) ?not "
    r"(?:be )?(?:used?|modif\w+|copied|copy|sold|sell|distribut\w+|redistribut\w+|train\w*)\b(?! in advertising)(?!.* except)|"
    r"\bnon ?commercial (?:use|purposes?)|\bcommercial (?:use|purposes?|exploitation)|\bstrictly prohibited|"
    r"\b(?:is|are) (?:prohibited|forbidden)"
)


def restrictions(words: Sequence[str], covered: Set[int], texts: Sequence[tuple[int, int]], *, whole: bool) -> list[int]:
    """Places of word runs that no match covers and that restrict.

    Args: words: those of the text that scancode knows; covered: places of matched ones; texts: first and last place of
    each license text that matched approximately; whole: the text is a license file, so words beside the license count.

    >>> restrictions("free to use but not to sell and copy".split(), {0, 1, 2, 7, 8}, [(0, 8)], whole=False)
    [3]
    """
    return [
        run[0]
        for run in _runs(words, covered)
        if (_is_inside(run, texts) and not _INSIDE.isdisjoint(words[place] for place in run))
        or (whole and _BESIDE.search(" ".join(words[place] for place in run)))
    ]


def _runs(words: Sequence[str], covered: Set[int]) -> Iterator[list[int]]:
    """Places of words that follow each other and are not covered."""
    for is_covered, run in groupby(range(len(words)), key=covered.__contains__):
        if not is_covered:
            yield list(run)


def _is_inside(run: Sequence[int], texts: Sequence[tuple[int, int]]) -> bool:
    return any(first < run[0] and run[-1] < last for first, last in texts)
