"""The languages of the dataset, one module each. To add one, write its module and name it here.

A language from elsewhere is added with `register`, before the work starts: workers inherit it.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.language import Family, Language
from seedbed.core.syntax.languages import c, cpp, go, java, javascript, python, rust, typescript

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "UNKNOWN", "family_of", "language_of", "named", "register", "unregister"]

_REGISTERED: Final[dict[str, Language]] = {}

LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(_REGISTERED)
"""Display name -> language."""

UNKNOWN: Final = Language(name="", key="", grammars=(), suffixes=())
"""Stands for any other language: no grammar, and comments and blocks as in C."""

_NO_FAMILY: Final = Family()


def register(language: Language) -> None:
    """Add a language.

    Raises: ValueError when another language has its name, its key or one of its suffixes, or a suffix would match no path.
    """
    for suffix in language.suffixes:
        if not suffix.startswith(".") or suffix != suffix.lower():
            raise ValueError(f"{language.name}: suffix {suffix!r}. Allowed: a dot and lower-case letters, such as '.py'.")
    for other in _REGISTERED.values():
        shared = {language.name, language.key, *language.suffixes} & {other.name, other.key, *other.suffixes}
        if shared:
            raise ValueError(f"{language.name}: {min(shared)!r} belongs to {other.name}. Allowed: what no other language has.")
    _REGISTERED[language.name] = language


def unregister(name: str) -> None:
    """Take a language out again.

    Raises: KeyError when there is none of this name.
    """
    del _REGISTERED[name]


for _module in (python, javascript, typescript, c, cpp, java, go, rust):
    register(_module.LANGUAGE)


def named(name: str) -> Language:
    """The language with this display name; `UNKNOWN` for another."""
    return LANGUAGES.get(name, UNKNOWN)


def language_of(path: str) -> str:
    """Display name of the language that a path's suffix says; "" for another. A header is C.

    >>> language_of("src/a.rs"), language_of("Makefile")
    ('Rust', '')
    """
    suffix = PurePosixPath(path).suffix.lower()
    return next((language.name for language in LANGUAGES.values() if suffix in language.suffixes), "")


def family_of(name: str) -> Family:
    """The family of a language, published or not; one without members for a language that has none."""
    families = (language.family for language in LANGUAGES.values())
    return next((family for family in families if family and name in family.members), _NO_FAMILY)
