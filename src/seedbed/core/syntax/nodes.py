"""Find nodes by kind: with tree-sitter's queries, or by a walk where queries would take too long."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import tree_sitter

from seedbed.core.syntax.grammars import load

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax.language import Grammar
    from seedbed.core.syntax.tree import Parsed

WIDE_ERROR: Final = 1000
"""Children of an ERROR node from which on its tree is walked. A query is quadratic in them (tree-sitter 0.26,
ts_tree_cursor_current_status): 100,000 brackets take a minute, in which no other thread runs.
"""


def nodes_of(
    parsed: Parsed, kinds: tuple[str, ...], span: tuple[int, int] | None = None, *, wide_error: int = WIDE_ERROR
) -> Iterator[Node]:
    """Named nodes of these kinds in source order, an outer one before those inside it.

    Args: kinds: unknown kinds are ignored; span: only nodes that overlap these bytes; wide_error: children of an ERROR node from
    which on the tree is walked, which gives the same nodes.
    """
    if (query := _query(parsed.grammar, kinds)) is None:
        return
    if parsed.damage.widest_error >= wide_error:
        yield from _walked(parsed, frozenset(kinds), span or (0, len(parsed.source) + 1))
        return
    cursor = tree_sitter.QueryCursor(query)
    if span is not None:
        cursor.set_byte_range(*span)
    nodes = cursor.captures(parsed.tree.root_node).get("node", [])
    yield from sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))


def _walked(parsed: Parsed, kinds: frozenset[str], span: tuple[int, int]) -> Iterator[Node]:
    """The same nodes, by a walk."""
    cursor = parsed.tree.walk()
    while True:
        node: Node = cursor.node  # type: ignore[assignment]  # None only for a cursor of nothing
        overlaps = node.start_byte < span[1] and node.end_byte > span[0]
        if overlaps and node.is_named and node.type in kinds:
            yield node
        if overlaps and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


@functools.cache
def _query(grammar: Grammar, kinds: tuple[str, ...]) -> tree_sitter.Query | None:
    language = load(grammar)
    known = [kind for kind in kinds if language.id_for_node_kind(kind, True)]  # a named node
    return tree_sitter.Query(language, " ".join(f"({kind}) @node" for kind in known)) if known else None
