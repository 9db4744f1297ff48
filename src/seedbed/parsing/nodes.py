"""Nodes of some kinds, found by tree-sitter's own queries."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import tree_sitter

from seedbed.parsing.grammars import Grammar, load

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.parsing import Parsed


def nodes_of(parsed: Parsed, kinds: tuple[str, ...], span: tuple[int, int] | None = None) -> Iterator[Node]:
    """Named nodes of these kinds in source order, an outer one before those inside it.

    Args: kinds: those that the grammar does not know are left aside; span: only nodes that overlap these bytes.
    """
    if (query := _query(parsed.grammar, kinds)) is None:
        return
    cursor = tree_sitter.QueryCursor(query)
    if span is not None:
        cursor.set_byte_range(*span)
    found = cursor.captures(parsed.tree.root_node).get("node", [])
    yield from sorted(found, key=lambda node: (node.start_byte, -node.end_byte))


def text_of(node: Node | None) -> str:
    """The source of a node; "" for none."""
    return (node.text or b"").decode("utf-8", "replace") if node else ""


@functools.cache
def _query(grammar: Grammar, kinds: tuple[str, ...]) -> tree_sitter.Query | None:
    language = load(grammar)
    known = [kind for kind in kinds if language.id_for_node_kind(kind, True)]  # a named node
    return tree_sitter.Query(language, " ".join(f"({kind}) @node" for kind in known)) if known else None
