"""What a file name alone says about the language, by linguist's tables."""

from __future__ import annotations

import functools
from typing import Final

from seedbed.core.syntax import LANGUAGES

# Linguist splits what is one language here.
_ALIASES: Final = {"TSX": "TypeScript"}

# Headers are C by linguist's word on the name alone, and C++ or Objective-C just as well.
AMBIGUOUS_HEADERS: Final = (".h", ".inc", ".inl", ".h.in")

COUSINS: Final = frozenset(
    {
        *("Cython", "Starlark", "Jupyter Notebook", "SageMath", "Snakemake", "Xonsh", "MicroPython"),
        *("Cuda", "Objective-C", "Objective-C++", "OpenCL", "Metal", "GLSL", "HLSL", "C#", "SWIG", "Yacc", "Lex"),
        *("Kotlin", "Scala", "Groovy", "Gradle", "Vue", "Svelte", "Astro", "EJS", "MDX", "Unified Parallel C"),
    }
)
"""Languages that hold or extend a published one: their files read like it, and are not it."""


@functools.lru_cache(maxsize=8192)
def languages_by_name(name: str) -> tuple[str, ...]:
    """Languages that files of this name are written in, published ones first; () when the name says nothing.

    >>> languages_by_name("setup.py")
    ('Python',)
    """
    if not name:
        return ()
    # enry starts a Go runtime, which must not happen before a fork.
    from enry import get_languages

    found = dict.fromkeys(_ALIASES.get(language, language) for language in get_languages(name, b""))
    return tuple(sorted(found, key=lambda language: language not in LANGUAGES))


def language_by_heuristics(name: str, head: str) -> str:
    """Linguist's choice among the languages of an ambiguous name, by patterns in the first lines."""
    from enry import get_language

    found = get_language(name, head.encode("utf-8", "replace"))
    return _ALIASES.get(found, str(found))


@functools.lru_cache(maxsize=1024)
def is_programming(language: str) -> bool:
    """Whether linguist counts it as a programming language rather than data, markup or prose."""
    from enry import get_language_type

    return bool(get_language_type(language) == "programming")


@functools.lru_cache(maxsize=1024)
def language_by_shebang(first_line: str) -> str:
    """Language of the interpreter in a `#!` line; "" when there is none."""
    from enry import get_language_by_shebang

    found = get_language_by_shebang(first_line.encode("utf-8", "replace") + b"\n").language
    return _ALIASES.get(found, str(found))
