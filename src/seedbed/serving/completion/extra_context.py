"""Pieces of other files that a client sends along: the last ones first, as far as a budget goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from seedbed.models.inference.backend import OtherFile
from seedbed.serving.completion.context import LONGEST_TOKEN, largest

Cost = Callable[[OtherFile], int]
"""Tokens of a piece with what tells whose it is."""


def nearest(others: Sequence[OtherFile], budget: int, cost: Cost) -> tuple[OtherFile, ...]:
    """The last pieces that fit together, in their order, and of the one that does not fit whole its last lines."""
    taken: list[OtherFile] = []
    for one in reversed(others):
        is_long = len(one.text) > budget * LONGEST_TOKEN
        if not is_long and (price := cost(one)) <= budget:
            taken.append(one)
            budget -= price
            continue
        if part := _last_lines(one, budget, cost):
            taken.append(part)
        break
    return tuple(reversed(taken))


def _last_lines(one: OtherFile, budget: int, cost: Cost) -> OtherFile | None:
    lines = one.text[-budget * LONGEST_TOKEN :].splitlines(keepends=True) if budget else []
    whole = lines[1:]  # the first may be cut by now, and all of them do not fit
    number = largest(len(whole), lambda size: cost(_ending(one, whole, size)) <= budget)
    return _ending(one, whole, number) if number else None


def _ending(one: OtherFile, lines: Sequence[str], size: int) -> OtherFile:
    return replace(one, text="".join(lines[len(lines) - size :]))


def as_comments(others: Sequence[OtherFile], mark: str) -> str:
    """Pieces for a model that was not told of several files: comments, each below the path of its file.

    >>> as_comments([OtherFile("a.py", "x = 1\\n\\ny = 2")], "#")
    '# a.py:\\n# x = 1\\n#\\n# y = 2\\n'
    """
    lines = [line for one in others for line in (*([f"{one.path}:"] if one.path else ()), *one.text.splitlines())]
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in lines)
