"""Where a byte-level BPE may not merge across: the cuts that keep code's operators, digits and indentation whole."""

from __future__ import annotations

from typing import Final

END_OF_TEXT: Final = "<|endoftext|>"
PAD: Final = "<|pad|>"
FIM_PREFIX: Final = "<fim_prefix>"
FIM_SUFFIX: Final = "<fim_suffix>"
FIM_MIDDLE: Final = "<fim_middle>"
FIM_PAD: Final = "<fim_pad>"
REPO_NAME: Final = "<repo_name>"
FILE_SEP: Final = "<file_sep>"

SPECIAL_TOKENS: Final = (END_OF_TEXT, PAD, FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE, FIM_PAD, REPO_NAME, FILE_SEP)
"""In the order of their ids, 0 to 7."""

LONGEST_SPACES: Final = 24
"""Longest run of spaces that is one token, in spaces: six levels of four."""

OPERATORS: Final = (
    "::", "->", "=>", "{}", "()", "[]", "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=",
    ":=", "//", "/*", "*/", "<<", ">>", "**", "...",
)  # fmt: skip
"""Never cut by the pre-tokenizer, wherever they stand."""

_WHOLE_OPERATORS: Final = ("::", "->", "=>", "{}", "!=", "<=", "&&", "||", "//", "/*")

WHOLE: Final = (
    "#include",
    *_WHOLE_OPERATORS,
    *(f" {operator}" for operator in _WHOLE_OPERATORS),
    *(" " * length for length in range(2, LONGEST_SPACES + 1)),
)
"""Texts that must each be one token in every tokenizer of ours, whatever it was trained on."""

_DIRECTIVES: Final = "include|define|ifdef|ifndef|endif|if|else|elif|pragma|undef"


def _escaped(operator: str) -> str:
    return "".join(f"\\{char}" for char in operator)


def pattern() -> str:
    r"""The cuts as an Oniguruma expression; what no alternative takes stays a piece of its own.

    In this order: a directive; an operator; a word and one sign or space before it; one digit; other signs up to where an
    operator begins, and the line ends behind them; line ends; white space, a last space left to the word or the signs behind.
    """
    operators = "|".join(_escaped(operator) for operator in sorted(OPERATORS, key=len, reverse=True))
    return "|".join(
        (
            rf"#(?:{_DIRECTIVES})\b",
            rf" ?(?:{operators})",
            r"[^\r\n\p{L}\p{N}_]?[\p{L}_]+",
            r"\p{N}",
            rf" ?(?:(?!{operators})[^\s\p{{L}}\p{{N}}_])+[\r\n]*",
            r"[\r\n]+",
            r"[^\S\r\n]+(?= [^\s\p{N}])",
            r"[^\S\r\n]+",
        )
    )
