"""Post-processing: from what a model wrote to what is suggested. Each rule only cuts, or repairs indentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from seedbed.serving.completion.postprocess.rules import (
    Place,
    cut_repetition,
    drop_suffix,
    end_of_block,
    keep_indentation,
    settled_block,
    settled_characters,
    settled_lines,
    settled_suffix,
)

Rule = Callable[[str, Place], str]


def drop_unfinished_line(text: str, place: Place) -> str:
    """Drop the last line when the model ran out of tokens in it, unless it is the first one with content."""
    if place.finish_reason != "length":
        return text
    head, end, last = text.rpartition("\n")
    return head if end and head.strip() and last.strip() else text


RULES: Final[dict[str, Rule]] = {
    "repetition": cut_repetition,
    "indentation": keep_indentation,
    "block": end_of_block,
    "unfinished line": drop_unfinished_line,
    "suffix": drop_suffix,
}
"""Name of a rule, as a candidate reports it -> the rule. They run in this order."""

_ENDS_THE_TEXT: Final = ("repetition", "block")
"""Rules that cut whole lines for good: no later text changes their result, so the model can stop."""


def shape(text: str, place: Place) -> tuple[str, tuple[str, ...]]:
    """Apply all rules. Returns: the text, and the names of the rules that changed it."""
    acted = []
    for name, rule in RULES.items():
        shaped = rule(text, place)
        if shaped != text:
            acted.append(name)
        text = shaped
    return text, tuple(acted)


def settled(text: str, place: Place) -> str:
    """The part of a text that no rule can change any more, whatever the model writes next.

    Without its trailing white space it is a prefix of `shape(whole)` for every whole text that begins with `text`. A line end
    at its end means that the last line is complete. The first line with content settles as it comes, later ones line by line.
    """
    text = settled_lines(_without_unfinished_line(settled_characters(text)))
    text = _without_unfinished_line(settled_block(keep_indentation(text, place), place))
    return settled_suffix(text, place)


def is_over(text: str, place: Place) -> bool:
    """Whether a rule has cut the text for good: the model may stop, since what it writes next is cut as well."""
    text = _whole_lines(text)
    for name, rule in RULES.items():
        shaped = rule(text, place)
        if shaped != text and name in _ENDS_THE_TEXT:
            return True
        text = shaped
    return False


def _without_unfinished_line(text: str) -> str:
    whole = _whole_lines(text)
    return whole if whole.strip() else text


def _whole_lines(text: str) -> str:
    return text[: text.rfind("\n") + 1]
