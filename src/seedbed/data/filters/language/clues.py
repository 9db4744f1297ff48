"""Signs of a language in its text: cheap, independent of the name, and never a proof by themselves.

A clue is a line or an idiom that the language's programmers write all the time. The score of a language is how many
different ones occur in the first `CLUE_CHARACTERS`; the grammars then say which of the likely ones reads the file.
"""

from __future__ import annotations

import re
from typing import Final

from seedbed.core.syntax import LANGUAGES

CLUE_CHARACTERS: Final = 8_192


# A clue's pattern is tried at every line; first words are found in one pass, and rule out most languages.
_FIRST_WORD: Final = re.compile(r"^[ \t]*([#@]?[ \t]*\w+)", re.MULTILINE)
_HEADER_COMMENTS: Final = re.compile(
    r"\A(?:\s+|/\*.*?\*/|//[^\n]*|#(?![ \t]*(?:include|define|if|ifdef|ifndef|pragma|!|\[))[^\n]*|\"\"\".*?\"\"\"|'''.*?''')+",
    re.DOTALL,
)


def clue_counts(text: str, min_first_words: int = 1) -> dict[str, int]:
    r"""How many different clues of each published language the start of a text shows; languages without one are absent.

    Counts only languages of which at least this many first words begin a line.

    >>> clue_counts("package main\n\nfunc main() {\n\tx := 1\n}\n")["Go"]
    3
    """
    head = _head(text)
    likely = _suggested(head, min_first_words)
    own = {name: _count(head, name) for name in LANGUAGES if name in likely}
    return {name: count + _count_of_base(head, name) for name, count in own.items() if count}


def _head(text: str) -> str:
    """The first screens of code: below the license, which is the same prose in every language."""
    comments = _HEADER_COMMENTS.match(text[: 2 * CLUE_CHARACTERS])
    start = comments.end() if comments else 0
    return text[start : start + CLUE_CHARACTERS] if start < len(text) else text[:CLUE_CHARACTERS]


def _count(head: str, language: str) -> int:
    return sum(clue.search(head) is not None for clue in LANGUAGES[language].clues.patterns)


def _count_of_base(head: str, language: str) -> int:
    """Clues of the language that it extends."""
    base = LANGUAGES[language].extends
    return _count(head, base) if base else 0


def _suggested(head: str, min_first_words: int) -> set[str]:
    """Languages of which some lines begin with their words."""
    words = {word.replace(" ", "").replace("\t", "") for word in _FIRST_WORD.findall(head)}
    return {name for name, language in LANGUAGES.items() if len(words & language.clues.first_words) >= min_first_words}


def clue_count(text: str, language: str) -> int:
    """How many different clues of one language, and of the one it extends, the start of a text shows."""
    head = _head(text)
    return _count(head, language) + _count_of_base(head, language)
