"""The published languages and their tree-sitter grammars: one place."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import tree_sitter

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Grammar:
    """Where the compiled grammar of a language lives: `module.function()` gives its pointer."""

    module: str
    function: str = "language"


@dataclass(frozen=True, slots=True)
class PublishedLanguage:
    """A language of the dataset.

    `name` is the display name, `key` the name of its config, `grammars` are tried in order, the cleanest parse wins.
    """

    name: str
    key: str
    grammars: tuple[Grammar, ...]


_PUBLISHED = (
    PublishedLanguage("Python", "python", (Grammar("tree_sitter_python"),)),
    PublishedLanguage("JavaScript", "javascript", (Grammar("tree_sitter_javascript"),)),
    PublishedLanguage(
        "TypeScript",
        "typescript",
        # `<T>x` is a cast in one and an element in the other: neither grammar reads every file.
        (
            Grammar("tree_sitter_typescript", "language_typescript"),
            Grammar("tree_sitter_typescript", "language_tsx"),
        ),
    ),
    PublishedLanguage("C", "c", (Grammar("tree_sitter_c"),)),
    PublishedLanguage("C++", "cpp", (Grammar("tree_sitter_cpp"),)),
    PublishedLanguage("Java", "java", (Grammar("tree_sitter_java"),)),
    PublishedLanguage("Go", "go", (Grammar("tree_sitter_go"),)),
    PublishedLanguage("Rust", "rust", (Grammar("tree_sitter_rust"),)),
)

LANGUAGES: Mapping[str, PublishedLanguage] = MappingProxyType({language.name: language for language in _PUBLISHED})
"""Display name -> language."""


@functools.cache
def load(grammar: Grammar) -> tree_sitter.Language:
    """The compiled grammar, loaded once a process."""
    pointer = getattr(import_module(grammar.module), grammar.function)()
    return tree_sitter.Language(pointer)


class _Parsers(threading.local):
    """A parser keeps what it is at while it parses, so each thread has its own."""

    def __init__(self) -> None:
        self.by_grammar: dict[Grammar, tree_sitter.Parser] = {}


_parsers = _Parsers()


def parser(grammar: Grammar) -> tree_sitter.Parser:
    """A parser of this grammar, built once a thread."""
    if grammar not in _parsers.by_grammar:
        _parsers.by_grammar[grammar] = tree_sitter.Parser(load(grammar))
    return _parsers.by_grammar[grammar]
