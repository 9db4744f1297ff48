"""Names of installed packages that a text uses, by its imports and calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax import LANGUAGES
from seedbed.core.syntax.language import parts_of, text_of
from seedbed.core.syntax.tree import nodes_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax import Parsed
    from seedbed.core.syntax.language import Parts


@dataclass(frozen=True, slots=True)
class Import:
    """One imported thing.

    parts: the module and what was taken from it, such as ("os", "path"); name: what it is called in the file, "" where
    nothing is; target: what that name stands for; start, end: bytes of the statement.
    """

    parts: Parts
    name: str
    target: Parts
    start: int
    end: int


def imports_of(parsed: Parsed) -> list[Import]:
    """Imports anywhere in a file, in source order; none for a language that declares no imports."""
    imports = LANGUAGES[parsed.language].imports
    if imports is None:
        return []
    return [
        Import(parts, name, target, node.start_byte, node.end_byte)
        for node in nodes_of(parsed, imports.kinds)
        for parts, name, target in imports.read(node)
        if parts
    ]


UNKNOWN: Final = "?"
"""Stands for an object that has no name, such as the result of an operator."""

_KINDS: Final = (
    *("call", "call_expression", "new_expression", "method_invocation", "object_creation_expression"),
    "macro_invocation",
)
_CALLEES: Final = ("function", "constructor", "type", "macro")
_OBJECTS: Final = ("object", "operand", "argument", "value", "path", "scope")
_MEMBERS: Final = ("attribute", "property", "field", "name")


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the called name in full, the bytes from its start to the opening parenthesis, that one included."""

    name: Parts
    start: int
    end: int


def calls_of(parsed: Parsed, span: tuple[int, int]) -> Iterator[Call]:
    """Calls whose name or opening parenthesis lies in a span of bytes, in source order.

    A Rust macro is a call by its name with `!`.
    """
    targets = {item.name: item.target for item in imports_of(parsed) if item.name}
    for node in nodes_of(parsed, _KINDS, span):
        call = _call(node, targets)
        if call.start < span[1] and call.end > span[0]:
            yield call


def _call(node: Node, targets: dict[str, Parts]) -> Call:
    arguments = node.child_by_field_name("arguments")
    callee = next(filter(None, map(node.child_by_field_name, _CALLEES)), None)
    parts = _named(callee) if callee else _member(node)
    if node.type == "macro_invocation" and parts:
        parts = (*parts[:-1], f"{parts[-1]}!")
    first = parts[0] if parts else UNKNOWN
    end = arguments.start_byte + 1 if arguments else node.end_byte
    return Call((*targets.get(first, (first,)), *parts[1:]), node.start_byte, end)


def _named(node: Node) -> Parts:
    """The dotted name of an expression; a call inside it counts by its name, anything else as unknown."""
    if node.type in _KINDS:
        callee = next(filter(None, map(node.child_by_field_name, _CALLEES)), None)
        return _required(node) or (_named(callee) if callee else _member(node))
    if node.type in {"generic_function", "template_function", "generic_type"}:
        inner = node.child_by_field_name("function") or next(iter(node.named_children), None)
        return _named(inner) if inner else (UNKNOWN,)
    if node.type in {"parenthesized_expression", "non_null_expression", "await_expression"} and node.named_children:
        return _named(node.named_children[0])
    if any(node.child_by_field_name(name) for name in _MEMBERS):
        return _member(node)
    return parts_of(text_of(node)) if node.named_child_count == 0 else (UNKNOWN,)


def _member(node: Node) -> Parts:
    """`object.member`, or the member alone where there is no object."""
    of = next(filter(None, map(node.child_by_field_name, _OBJECTS)), None)
    member = next(filter(None, map(node.child_by_field_name, _MEMBERS)), None)
    return (*(_named(of) if of else ()), *(_named(member) if member else (UNKNOWN,)))


def _required(call: Node) -> Parts:
    """The module of `require("os")`, which stands for itself."""
    if text_of(call.child_by_field_name("function")) not in {"require", "__import__"}:
        return ()
    arguments = call.child_by_field_name("arguments")
    return parts_of(text_of(arguments.named_children[0])) if arguments and arguments.named_children else ()


__all__ = ["Call", "Import", "calls_of", "imports_of", "parts_of"]
