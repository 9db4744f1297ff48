"""Special tokens, and the pre-tokenizer of the byte-level BPE: operators, digits and indentation stay whole."""

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
"""Longest run of spaces that is one token: six levels of four spaces."""

OPERATORS: Final = (
    "::", "->", "=>", "{}", "()", "[]", "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=",
    ":=", "//", "/*", "*/", "<<", ">>", "**", "...",
)  # fmt: skip
"""Operators that the pre-tokenizer never splits."""

_WHOLE_OPERATORS: Final = ("::", "->", "=>", "{}", "!=", "<=", "&&", "||", "//", "/*")

WHOLE: Final = (
    "#include",
    *_WHOLE_OPERATORS,
    *(f" {operator}" for operator in _WHOLE_OPERATORS),
    *(" " * length for length in range(2, LONGEST_SPACES + 1)),
)
"""Texts that are one token in every tokenizer, whatever it was trained on."""

_DIRECTIVES: Final = "include|define|ifdef|ifndef|endif|if|else|elif|pragma|undef"


def _escaped(operator: str) -> str:
    return "".join(f"\\{char}" for char in operator)


def pattern() -> str:
    r"""The pre-tokens as an Oniguruma expression; text that no alternative matches is a pre-token of its own.

    In this order: a directive; an operator; a word with one sign or space before it; a digit; other signs up to the next
    operator, with the line ends after them; line ends; white space, without a last space that belongs to the next word or sign.
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
