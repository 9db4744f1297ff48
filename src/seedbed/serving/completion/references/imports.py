"""Import statements of all published languages, by the syntax tree: a file need not parse as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seedbed.core.syntax.nodes import nodes_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax import Parsed

Parts = tuple[str, ...]
_BETWEEN: Final = re.compile(r"::|[./]")
_NONE: Final[Parts] = ()


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


Found = tuple[Parts, str, Parts]


def parts_of(name: str) -> Parts:
    """The parts of a module's or a function's name, whatever its language puts between them.

    >>> parts_of("std::process::Command"), parts_of("node:child_process"), parts_of("<sys/ptrace.h>")
    (('std', 'process', 'Command'), ('child_process',), ('sys', 'ptrace', 'h'))
    """
    plain = name.strip("\"'`<> \t").removeprefix("node:")
    return tuple(part.strip() for part in _BETWEEN.split(plain) if part.strip())


def imports_of(parsed: Parsed) -> list[Import]:
    """Imports anywhere in a file, in source order."""
    kinds, find = _FINDERS.get(parsed.language, (_NONE, _nothing))
    return [
        Import(parts, name, target, node.start_byte, node.end_byte)
        for node in nodes_of(parsed, kinds)
        for parts, name, target in find(node)
        if parts
    ]


def _nothing(_: Node) -> Iterator[Found]:
    yield from ()


def _whole(parts: Parts, name: str) -> Found:
    return parts, name, parts


def _python(node: Node) -> Iterator[Found]:
    home = parts_of(text_of(node.child_by_field_name("module_name")))
    taken = node.type == "import_from_statement"
    for item in node.children_by_field_name("name"):
        parts = home + parts_of(text_of(item.child_by_field_name("name") or item))
        if alias := text_of(item.child_by_field_name("alias")):
            yield _whole(parts, alias)
        elif parts and not taken:
            yield parts, parts[0], parts[:1]  # `import os.path` makes the name `os`
        elif parts:
            yield _whole(parts, parts[-1])
    if taken and not node.children_by_field_name("name"):
        yield _whole(home, "")


def _script(node: Node) -> Iterator[Found]:
    if node.type == "variable_declarator":
        yield from _required(node)
        return
    require = next((child for child in node.named_children if child.type == "import_require_clause"), node)
    home = parts_of(text_of(require.child_by_field_name("source")))
    clause = next((child for child in node.named_children if child.type in {"import_clause", "import_require_clause"}), None)
    yield from _clause(clause, home) if clause else iter([_whole(home, "")])


def _clause(clause: Node, home: Parts) -> Iterator[Found]:
    for child in clause.named_children:
        if child.type == "identifier":
            yield _whole(home, text_of(child))
        elif child.type == "namespace_import":
            yield _whole(home, text_of(child.named_children[0]) if child.named_children else "")
        for item in child.named_children if child.type == "named_imports" else ():
            name = text_of(item.child_by_field_name("name"))
            yield _whole((*home, name), text_of(item.child_by_field_name("alias")) or name)


def _required(node: Node) -> Iterator[Found]:
    """`const a = require("x")`, `const { b, c: d } = require("x")`."""
    value, bound = node.child_by_field_name("value"), node.child_by_field_name("name")
    if not value or not bound or text_of(value.child_by_field_name("function")) != "require":
        return
    arguments = value.child_by_field_name("arguments")
    if not arguments or not arguments.named_children:
        return
    home = parts_of(text_of(arguments.named_children[0]))
    if bound.type == "identifier":
        yield _whole(home, text_of(bound))
    for item in bound.named_children:
        key = text_of(item.child_by_field_name("key") or item)
        yield _whole((*home, key), text_of(item.child_by_field_name("value") or item))


def _include(node: Node) -> Iterator[Found]:
    yield _whole(parts_of(text_of(node.child_by_field_name("path"))), "")


def _java(node: Node) -> Iterator[Found]:
    named = [child for child in node.named_children if child.type in {"scoped_identifier", "identifier"}]
    parts = parts_of(text_of(named[0])) if named else _NONE
    wild = any(child.type == "asterisk" for child in node.named_children)
    yield _whole(parts, "" if wild or not parts else parts[-1])


def _go(node: Node) -> Iterator[Found]:
    parts = parts_of(text_of(node.child_by_field_name("path")))
    name = text_of(node.child_by_field_name("name"))
    yield _whole(parts, name if name not in {"", ".", "_"} else parts[-1] if parts and not name else "")


def _rust(node: Node) -> Iterator[Found]:
    if node.type == "extern_crate_declaration":
        name = text_of(node.child_by_field_name("name"))
        yield _whole((name,), text_of(node.child_by_field_name("alias")) or name)
    elif argument := node.child_by_field_name("argument"):
        yield from _rust_tree(argument, _NONE)


def _rust_tree(node: Node, home: Parts) -> Iterator[Found]:
    path = parts_of(text_of(node.child_by_field_name("path")))
    if node.type == "use_as_clause":
        yield _whole(home + path, text_of(node.child_by_field_name("alias")))
    elif node.type == "use_wildcard":
        yield _whole(home + parts_of(text_of(node.named_children[0]) if node.named_children else ""), "")
    elif node.type in {"scoped_use_list", "use_list"}:
        inner = node.child_by_field_name("list") or node
        for child in inner.named_children:
            yield from _rust_tree(child, home + path)
    else:
        parts = home + (_NONE if node.type == "self" else parts_of(text_of(node)))
        yield _whole(parts, parts[-1] if parts else "")


_FINDERS: Final[dict[str, tuple[tuple[str, ...], Callable[[Node], Iterator[Found]]]]] = {
    "Python": (("import_statement", "import_from_statement"), _python),
    "JavaScript": (("import_statement", "variable_declarator"), _script),
    "TypeScript": (("import_statement", "variable_declarator"), _script),
    "C": (("preproc_include",), _include),
    "C++": (("preproc_include",), _include),
    "Java": (("import_declaration",), _java),
    "Go": (("import_spec",), _go),
    "Rust": (("use_declaration", "extern_crate_declaration"), _rust),
}
