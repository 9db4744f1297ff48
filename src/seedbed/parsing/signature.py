"""Name and parameters of a function node, for all grammars."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

ANONYMOUS = "(anonymous)"

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


def name_of(function: Node, source: bytes) -> str:
    """The name a function was declared with, or "(anonymous)"."""
    name = function.child_by_field_name("name")
    if name is None:
        name = _declared_name(function)
    if name is None:
        return ANONYMOUS
    return source[name.start_byte : name.end_byte].decode("utf-8", "replace")


def _declared_name(function: Node) -> Node | None:
    """The name at the bottom of a C declarator: `*f(int)`, `A::f()`."""
    declarator = function.child_by_field_name("declarator")
    while declarator is not None:
        inner = _inner_declarator(declarator)
        if inner is None:
            return declarator
        declarator = inner
    return None


def _inner_declarator(declarator: Node) -> Node | None:
    inner = declarator.child_by_field_name("declarator")
    if inner is None and declarator.type in {"reference_declarator", "parenthesized_declarator"}:
        inner = next(iter(declarator.named_children), None)
    return inner


def parameters_of(function: Node) -> int:
    """Number of parameters that a function declares."""
    parameters = _parameter_list(function)
    if parameters is None:
        return int(function.child_by_field_name("parameter") is not None)
    children = [child for child in parameters.named_children if child.type not in _NO_PARAMETER]
    if len(children) == 1 and children[0].text == b"void":
        return 0
    # Go declares several names in one parameter.
    return sum(max(1, len(child.children_by_field_name("name"))) for child in children)


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
