"""One walk over a tree: functions, tokens, comments; and the signature of a function."""

from __future__ import annotations

import functools
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seedbed.core.syntax.languages import LANGUAGES
from seedbed.core.syntax.tree import IDENTIFIER, KINDS, kind_table, token_class

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


ANONYMOUS = "(anonymous)"

_EXPRESSIONS = frozenset({"arrow_function", "function_expression", "generator_function", "func_literal"})
_COLON = token_class(":")
_ASSIGNS = frozenset({_COLON, token_class("=")})

_NO_PARAMETER = frozenset(
    {
        "comment",
        "line_comment",
        "block_comment",
        "keyword_separator",
        "positional_separator",
        "receiver_parameter",
        "attribute_item",
        "variadic_parameter",
    }
)
"""Named nodes in a parameter list that declare none."""

_TYPED = frozenset({"required_parameter", "optional_parameter"})
"""TypeScript's parameters, whose default is no node of its own."""


def declared_name(function: Node, walk: Walk) -> Node | None:
    """The node of the name a function was declared with or assigned to; None for an anonymous one."""
    name = function.child_by_field_name("name")
    if name is None and function.child_by_field_name("declarator") is not None:
        return _innermost_declarator(function)
    if name is None and function.type in _EXPRESSIONS:
        return _assigned_name(function, walk)
    return name


def scope_name(scope: Node) -> Node | None:
    """The name of a class or the like; a Rust `impl` is named after its type."""
    return scope.child_by_field_name("name") or scope.child_by_field_name("type")


def qualified(scope: str, name: Node | None, source: bytes) -> str:
    """`Scope::name`, with "(anonymous)" for a missing name."""
    word = ANONYMOUS
    if name is not None:
        written = source[name.start_byte : name.end_byte].decode("utf-8", "replace")
        # C++ may break a qualified name over lines.
        word = " ".join(written.split()).replace(":: ", "::")
    return f"{scope}::{word}" if scope else word


def _innermost_declarator(function: Node) -> Node | None:
    """The name at the bottom of a C declarator: `*f(int)`, `A::f()`."""
    declarator = function.child_by_field_name("declarator")
    while declarator is not None:
        inner = _inner_declarator(declarator)
        if inner is None:
            return declarator
        declarator = inner
    return None


def _assigned_name(function: Node, walk: Walk) -> Node | None:
    """The name left of `=` or `:` before a function expression.

    It reads the tokens before the node: tree-sitter finds a node's parent from the root, which is slow in a wide tree.
    """
    token = int(np.searchsorted(walk.starts, function.start_byte)) - 1
    if token < 1 or walk.kinds[token] not in _ASSIGNS:
        return None
    token -= 1
    if token >= 2 and walk.kinds[token - 1] == _COLON and walk.kinds[token + 1] != _COLON:
        token -= 2  # `name: Type = ...`
    if walk.kinds[token] != IDENTIFIER:
        return None
    return walk.parsed.tree.root_node.descendant_for_byte_range(int(walk.starts[token]), int(walk.ends[token]))


def _inner_declarator(declarator: Node) -> Node | None:
    inner = declarator.child_by_field_name("declarator")
    if inner is None and declarator.type in {"reference_declarator", "parenthesized_declarator"}:
        inner = next(iter(declarator.named_children), None)
    return inner


def is_declaration(function: Node, source: bytes) -> bool:
    """Whether it has no body: abstract, native, `= default`."""
    return source[function.end_byte - 1 : function.end_byte] == b";" and function.child_by_field_name("body") is None


def parameters_of(function: Node) -> tuple[int, int]:
    """How many parameters a function declares, and how many of TypeScript's have a default.

    (Elsewhere a default is a node or no path at all, see `Structure`.)
    """
    parameters = _parameter_list(function)
    if parameters is None:
        return int(function.child_by_field_name("parameter") is not None), 0
    children = [child for child in parameters.named_children if child.type not in _NO_PARAMETER]
    if len(children) == 1 and children[0].text == b"void":
        return 0, 0
    count = defaults = 0
    for child in children:
        kind = child.type
        # Go declares several names in one parameter.
        count += max(1, len(child.children_by_field_name("name"))) if kind == "parameter_declaration" else 1
        if kind in _TYPED:
            defaults += child.child_by_field_name("value") is not None
    return count, defaults


def _parameter_list(function: Node) -> Node | None:
    parameters = function.child_by_field_name("parameters")
    declarator = function.child_by_field_name("declarator")
    while parameters is None and declarator is not None:
        # The innermost list belongs to the function; an outer one to the function pointer that it returns.
        inner = _inner_declarator(declarator)
        if inner is None or inner.child_by_field_name("declarator") is None:
            parameters = declarator.child_by_field_name("parameters")
        declarator = inner
    return parameters
