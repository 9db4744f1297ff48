"""From what a model wrote to what is suggested: rules that cut, one a file, in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from seedbed.serving.completion.postprocess.block import end_of_block
from seedbed.serving.completion.postprocess.indentation import keep_indentation
from seedbed.serving.completion.postprocess.overlap import drop_suffix
from seedbed.serving.completion.postprocess.position import Place
from seedbed.serving.completion.postprocess.repetition import no_repetition
from seedbed.serving.completion.postprocess.unfinished import whole_lines

Rule = Callable[[str, Place], str]

RULES: Final[dict[str, Rule]] = {
    "repetition": no_repetition,
    "indentation": keep_indentation,
    "block": end_of_block,
    "unfinished line": whole_lines,
    "suffix": drop_suffix,
}
"""Name of a rule as a candidate tells it -> the rule."""

WHILE_WRITING: Final = ("repetition", "block")
"""Rules that a text may be cut by before it is whole: what comes later cannot change what they say."""


def shape(text: str, place: Place) -> tuple[str, tuple[str, ...]]:
    """A completion by all rules, and the names of those that changed it."""
    acted = []
    for name, rule in RULES.items():
        shaped = rule(text, place)
        if shaped != text:
            acted.append(name)
        text = shaped
    return text, tuple(acted)


def written_so_far(text: str, place: Place) -> tuple[str, bool]:
    """As much of a text that is still being written as is sure to stay, and whether nothing can follow it any more.

    The first line goes out as it comes; of the others only whole ones, since a line may turn out to begin another block.
    """
    whole = text[: text.rfind("\n") + 1]
    cut = whole
    for name in WHILE_WRITING:
        cut = RULES[name](cut, place)
    return (cut, True) if cut != whole else (whole or text, False)
