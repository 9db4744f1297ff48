"""Evidence for a language: file names, clues in the text, and how well it parses."""

from __future__ import annotations

import functools
import re
from typing import Final

from seedbed.core.syntax import LANGUAGES, Parsed, error_ratio, language_of, parse
from seedbed.core.syntax.tree import parser

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


def is_relative(language: str) -> bool:
    """Whether a language holds or extends a published one: its files read like it, and are not it."""
    return language not in LANGUAGES and any(language in published.relatives for published in LANGUAGES.values())


def languages_by_name(name: str) -> tuple[str, ...]:
    """Languages that files of this name are written in, published ones first; () for an unknown name.

    >>> languages_by_name("setup.py")
    ('Python',)
    """
    if not name:
        return ()
    names = _by_linguist(name) or tuple(filter(None, [language_of(name)]))
    return tuple(sorted(dict.fromkeys(map(_published_name, names)), key=lambda language: language not in LANGUAGES))


@functools.lru_cache(maxsize=8192)
def _by_linguist(name: str) -> tuple[str, ...]:
    # enry starts a Go runtime, which must not happen before a fork.
    from enry import get_languages

    return tuple(get_languages(name, b""))


def _published_name(language: str) -> str:
    """Linguist splits what is one language here."""
    return next((published.name for published in LANGUAGES.values() if language in published.linguist_names), language)


def language_by_heuristics(name: str, head: str) -> str:
    """Linguist's choice among the languages of an ambiguous name, by patterns in the first lines."""
    from enry import get_language

    return _published_name(str(get_language(name, head.encode("utf-8", "replace"))))


def is_programming(language: str) -> bool:
    """Whether it is a programming language rather than data, markup or prose; for unpublished ones by linguist."""
    return language in LANGUAGES or _is_programming_by_linguist(language)


@functools.lru_cache(maxsize=1024)
def _is_programming_by_linguist(language: str) -> bool:
    from enry import get_language_type

    return bool(get_language_type(language) == "programming")


def language_by_shebang(first_line: str) -> str:
    """Language of the interpreter in a `#!` line; "" when there is none."""
    from enry import get_language_by_shebang

    by_linguist = _published_name(str(get_language_by_shebang(first_line.encode("utf-8", "replace") + b"\n").language))
    programs = {word.rpartition("/")[2] for word in first_line.removeprefix("#!").split()}
    return by_linguist or next((own.name for own in LANGUAGES.values() if programs & own.interpreters), "")
