"""Name and parameters of a function node, for all grammars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from seedbed.core.syntax.grammars import IDENTIFIER, token_class

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax.walk import Walk

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
