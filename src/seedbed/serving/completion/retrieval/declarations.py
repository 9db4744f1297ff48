"""Functions and classes of a file, with signature and first sentence of documentation, in all published languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax import LANGUAGES, parse, walk
from seedbed.core.syntax.imports import text_of
from seedbed.core.syntax.nodes import nodes_of
from seedbed.core.syntax.signature import declared_name, scope_name

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_SIGNATURE_CHARACTERS: Final = 200
MAX_SENTENCE_CHARACTERS: Final = 120
_MARKS: Final = re.compile(r"^[\s/*#!;-]+|[\s*/]+$")
_SENTENCE: Final = re.compile(r"(.+?[.:!?])(?:\s|$)")
_QUOTES: Final = re.compile(r"^[rRbBuUfF]*(?:\"\"\"|'''|\"|')|(?:\"\"\"|'''|\"|')$")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function or a class.

    name: without its owner; owner: the enclosing class, "" for none; signature: on one line, without the body;
    sentence: the first one of its docstring, or of the comment above it; line: from 1.
    """

    name: str
    owner: str
    signature: str
    sentence: str
    line: int


def declarations(text: str, language: str) -> list[Declaration]:
    """Declarations of a file, in source order; none for a language without a grammar."""
    parsed = parse(text, language)
    if parsed is None:
        return []
    structure, walked = LANGUAGES[language].structure, walk(parsed)
    open_scopes: list[tuple[int, str]] = []
    result: list[Declaration] = []
    for node in nodes_of(parsed, tuple(sorted(structure.functions | structure.scopes))):
        while open_scopes and node.start_byte >= open_scopes[-1][0]:
            open_scopes.pop()
        is_scope = node.type in structure.scopes
        name = text_of(scope_name(node) if is_scope else declared_name(node, walked))
        if name and not name.startswith("__"):
            result.append(_declaration(node, name, open_scopes[-1][1] if open_scopes else "", parsed.grammar.leaves.comments))
        if is_scope:
            open_scopes.append((node.end_byte, name))
    return result


def _declaration(node: Node, name: str, owner: str, comments: frozenset[str]) -> Declaration:
    body = node.child_by_field_name("body")
    head = (node.text or b"")[: body.start_byte - node.start_byte if body else None].decode("utf-8", "replace")
    signature = " ".join(head.split()).rstrip("{ ")[:MAX_SIGNATURE_CHARACTERS]
    words = _docstring(body) or _comment_above(node, comments)
    return Declaration(name, owner, signature, _first_sentence(words), node.start_point[0] + 1)


def _docstring(body: Node | None) -> str:
    """Docstring of a Python body: a string that is the first statement."""
    first = next(iter(body.named_children), None) if body else None
    text = next(iter(first.named_children), None) if first and first.type == "expression_statement" else None
    return _QUOTES.sub("", text_of(text).strip()) if text and text.type == "string" else ""


def _comment_above(node: Node, comments: frozenset[str]) -> str:
    lines: list[str] = []
    above = node.prev_sibling
    while above is not None and above.type in comments and len(lines) < 40:
        lines[:0] = text_of(above).splitlines()
        above = above.prev_sibling
    return "\n".join(_MARKS.sub("", line) for line in lines)


def _first_sentence(words: str) -> str:
    paragraph = " ".join(words.strip().split("\n\n")[0].split())
    sentence = _SENTENCE.match(paragraph)
    return (sentence[1] if sentence else paragraph)[:MAX_SENTENCE_CHARACTERS]


def name_words(name: str) -> Iterator[str]:
    """The words of a name, in lower case.

    >>> list(name_words("readJSONFile_2")), list(name_words("HTTPServer"))
    (['read', 'json', 'file', '2'], ['http', 'server'])
    """
    yield from (word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name))
