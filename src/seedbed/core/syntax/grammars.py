"""Compiled grammars and their parsers."""

from __future__ import annotations

import functools
import threading
from importlib import import_module
from typing import TYPE_CHECKING

import tree_sitter

if TYPE_CHECKING:
    from seedbed.core.syntax.language import Grammar


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
