"""The language by the file name alone, from linguist's tables."""

from __future__ import annotations

import functools

from seedbed.core.syntax import LANGUAGES, language_of


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
