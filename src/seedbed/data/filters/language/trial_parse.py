"""How badly a grammar reads a text: the whole of it, through the parse that all blocks share, or its first lines."""

from __future__ import annotations

import re
from typing import Final

from seedbed.core.syntax import LANGUAGES, Parsed, error_ratio, parse
from seedbed.core.syntax.grammars import parser

FIRST_TRIAL_CHARACTERS: Final = 2_048
TRIAL_CHARACTERS: Final = 16_384
REFUTED_ERROR: Final = 0.3
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_LONG_QUOTES: Final = ('"""', "'''")
_BRACKET: Final = re.compile(r"[(){}\[\]]")
_QUOTED: Final = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)


def full_error(text: str, name: str, language: str) -> float:
    """Error share of the whole text, in [0, 1]; 1.0 without a grammar. Later blocks get this parse for nothing."""
    parsed = parse(text, language, name)
    return 1.0 if parsed is None else error_ratio(parsed)


def trial_error(text: str, language: str) -> float:
    """Error share of the first lines: an alternative need not be read to its end to be refuted.

    Most are refuted by the first screenful. It goes past the shared memo, which a part of the text would empty.
    """
    for characters in (FIRST_TRIAL_CHARACTERS, TRIAL_CHARACTERS):
        ratio = _error_of(_first_lines(text, characters), language)
        if ratio > REFUTED_ERROR or len(text) <= characters:
            break
    return ratio


def _first_lines(text: str, characters: int) -> str:
    """The first lines, with the brackets or the docstring closed that the cut leaves open: it would count as one large error."""
    if len(text) <= characters:
        return text
    cut = text[: text.rfind("\n", 0, characters) + 1] or text[:characters]
    for quotes in _LONG_QUOTES:
        if cut.count(quotes) % 2:
            return cut + quotes + "\n"
    open_brackets: list[str] = []
    for bracket in _BRACKET.findall(_QUOTED.sub("", cut)):
        if bracket in _CLOSERS:
            open_brackets.append(_CLOSERS[bracket])
        elif open_brackets and open_brackets[-1] == bracket:
            open_brackets.pop()
    return cut + "".join(reversed(open_brackets)) + "\n"


def _error_of(text: str, language: str) -> float:
    source = text.encode("utf-8", "surrogatepass")
    return min(
        error_ratio(Parsed(source, parser(grammar).parse(source), language, grammar)) for grammar in LANGUAGES[language].grammars
    )
