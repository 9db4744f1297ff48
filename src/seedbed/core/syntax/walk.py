"""One pass over a syntax tree: leaf tokens for fingerprints, and the nodes that complexity counts."""

from __future__ import annotations

import functools
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seedbed.core.syntax.grammars import KINDS, kind_table
from seedbed.core.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    import numpy.typing as npt
    from tree_sitter import Node, TreeCursor

    from seedbed.core.syntax.language import Grammar, Language
    from seedbed.core.syntax.tree import Parsed

_TOKEN, _INNER, _STRING, _MARK, _FUNCTION, _SCOPE = range(6)


@dataclass(frozen=True)
class Marks:
    """Nodes that complexity counts, in source order: grammar kinds and byte offsets [m].

    `functions` and `scopes` hold the nodes themselves of those kinds, for their names.
    """

    kinds: list[int]
    starts: list[int]
    ends: list[int]
    functions: list[Node]
    scopes: list[Node]

    def add(self, node: Node, kind: int, action: int) -> None:
        """Add a node."""
        self.kinds.append(kind)
        self.starts.append(node.start_byte)
        self.ends.append(node.end_byte)
        if action == _FUNCTION:
            self.functions.append(node)
        elif action == _SCOPE:
            self.scopes.append(node)


@dataclass(frozen=True)
class Walk:
    """Result of one pass over the tree.

    kinds: uint32[n] token classes (see `token_class`) of the leaves, without comments, white space and MISSING nodes.
    starts, ends: uint32[n] byte offsets in the source.
    raw: uint16[n] the grammar's own numbers of the kinds.
    """

    parsed: Parsed
    kinds: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.uint32]
    raw: npt.NDArray[np.uint16]
    marks: Marks


def walk(parsed: Parsed) -> Walk:
    """Leaf tokens and marks of a parse; the pass runs once and is kept on the parse."""
    remembered = parsed.__dict__.get("_walk")
    if not isinstance(remembered, Walk):
        remembered = parsed.__dict__["_walk"] = _walk(parsed)
    return remembered


def _walk(parsed: Parsed) -> Walk:
    table, tree = kind_table(parsed.grammar), parsed.tree
    # A MISSING token has no text, so a damaged tree cannot use the shortcut for tokens of a known length.
    actions = _actions(parsed.grammar, LANGUAGES[parsed.language], measure=tree.root_node.has_error)
    leaves, marks = _visit(tree.walk(), parsed.source, actions)
    raw, starts = _numbers("H", leaves.kinds), _numbers("I", leaves.starts)
    ends = starts + table.lengths[raw]
    ends[_action_of(actions)[raw] != _TOKEN] = _numbers("I", leaves.ends)
    kinds = table.classes[raw]
    tokens = (kinds != 0) & (ends > starts)
    if not tokens.all():
        kinds, starts, ends, raw = kinds[tokens], starts[tokens], ends[tokens], raw[tokens]
    return Walk(parsed, kinds, starts, ends, raw, marks)


def _numbers(code: str, values: list[int]) -> npt.NDArray[Any]:
    """An array from a list, through `array`, which is twice as fast as numpy here."""
    return np.frombuffer(array(code, values), dtype=code)


def _action_of(actions: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(actions, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Leaves:
    """Grammar kinds and starts of all leaves; ends of those whose kind has no fixed length."""

    kinds: list[int]
    starts: list[int]
    ends: list[int]


def _visit(cursor: TreeCursor, source: bytes, actions: bytes) -> tuple[Leaves, Marks]:
    """Visit each node once. This is the hottest loop of the library, hence one function with local names."""
    leaves, marks = Leaves([], [], []), Marks([], [], [], [], [])
    first_child, next_sibling, parent = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    add_kind, add_start, add_end = leaves.kinds.append, leaves.starts.append, leaves.ends.append
    while True:
        node: Node = cursor.node  # type: ignore[assignment]  # None only for a cursor of nothing
        kind = node.kind_id
        action = actions[kind]
        if not action:
            add_kind(kind)
            add_start(node.start_byte)
        else:
            if action >= _MARK:
                marks.add(node, kind, action)
            if (action != _STRING or _interpolates(source, node)) and first_child():
                continue
            add_kind(kind)
            add_start(node.start_byte)
            add_end(node.end_byte)
        while not next_sibling():
            if not parent():
                return leaves, marks


def _interpolates(source: bytes, string: Node) -> bool:
    """Whether a string literal may hold code: a Python f-string (or t-string) or a JavaScript template."""
    opening = source[string.start_byte : string.start_byte + 2]
    if opening[:1] == b"`":
        return source.find(b"${", string.start_byte, string.end_byte) >= 0
    return opening[:1] not in (b'"', b"'") and any(letter in b"fFtT" for letter in opening)


@functools.cache
def _actions(grammar: Grammar, language: Language, *, measure: bool) -> bytes:
    """Action at a node, by its grammar kind: bytes[65536], since indexing bytes is the fastest look-up.

    measure: ask every leaf for its end, even if its kind has a fixed length.
    """
    table, rules = kind_table(grammar), language.structure
    actions = bytearray([_INNER]) * KINDS
    marked = rules.controls | rules.decision_nodes | rules.undecided | rules.choices
    for numbers, action in (
        ([] if measure else table.fixed(), _TOKEN),
        (table.nodes(marked), _MARK),
        (table.nodes(rules.functions), _FUNCTION),
        (table.nodes(rules.scopes), _SCOPE),
        # A documentation comment has parts of its own in Rust; it stays one leaf, and is left out as such.
        (table.nodes(grammar.leaves.strings | grammar.leaves.comments), _STRING),
    ):
        for number in numbers:
            actions[number] = action
    return bytes(actions)
