"""How badly a grammar reads a text: the whole of it, through the parse that all blocks share, or its first lines."""

from __future__ import annotations

from typing import Final

from seedbed.parsing import LANGUAGES, Parsed, error_ratio, parse
from seedbed.parsing.grammars import parser

TRIAL_CHARACTERS: Final = 16_384


def full_error(text: str, name: str, language: str) -> float:
    """Error share of the whole text, in [0, 1]; 1.0 without a grammar. Later blocks get this parse for nothing."""
    parsed = parse(text, language, jsx=name.endswith("x"))
    return 1.0 if parsed is None else error_ratio(parsed)


def trial_error(text: str, language: str) -> float:
    """Error share of the first lines: an alternative need not be read to its end to be refuted.

    It goes past the shared memo, which a part of the text would empty.
    """
    if len(text) > TRIAL_CHARACTERS:
        text = text[: text.rfind("\n", 0, TRIAL_CHARACTERS) + 1] or text[:TRIAL_CHARACTERS]
    source = text.encode("utf-8", "surrogatepass")
    return min(
        error_ratio(Parsed(source, parser(grammar).parse(source), language, grammar))
        for grammar in LANGUAGES[language].grammars
    )
