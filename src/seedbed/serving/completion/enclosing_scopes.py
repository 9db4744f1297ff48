"""Lines far from the cursor that matter there: import statements, and heads of the functions and classes around the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.syntax import LANGUAGES, parse
from seedbed.serving.completion.references.imports import imports_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax import Parsed

_MAX_HEAD_LINES = 6
"""Lines of the head of a definition, at most."""


@dataclass(frozen=True, slots=True)
class EnclosingScopes:
    """Line numbers (from 0) in the text before a cursor.

    imports: of import statements, each with the names that it defines; heads: of the enclosing definitions, the outermost first.
    """

    imports: tuple[tuple[range, frozenset[str]], ...] = ()
    heads: tuple[range, ...] = ()


def enclosing_scopes(prefix: str, suffix: str, language: str) -> EnclosingScopes:
    """Find imports and heads by the syntax tree, which may have errors; heads by indentation where the tree is broken."""
    lines = prefix.split("\n")
    parsed = parse(prefix + suffix, language)
    if parsed is None:
        return EnclosingScopes(heads=_heads_by_indentation(lines))
    cursor = len(prefix.encode("utf-8", "surrogatepass"))
    heads = _heads(parsed, cursor)
    return EnclosingScopes(_imports(parsed, cursor), heads or _heads_by_indentation(lines))


def _imports(parsed: Parsed, cursor: int) -> tuple[tuple[range, frozenset[str]], ...]:
    named: dict[tuple[int, int], set[str]] = {}
    for item in imports_of(parsed):
        if item.end <= cursor:
            named.setdefault((item.start, item.end), set()).update(filter(None, (item.name, *item.parts[-1:])))
    return tuple(
        (range(_line(parsed, start), _line(parsed, max(start, end - 1)) + 1), frozenset(names))
        for (start, end), names in named.items()
    )


def _line(parsed: Parsed, byte: int) -> int:
    return parsed.source.count(b"\n", 0, byte)


def _heads(parsed: Parsed, cursor: int) -> tuple[range, ...]:
    """Heads of the functions and classes around a byte, each up to the start of its body."""
    structure = LANGUAGES[parsed.language].structure
    kinds = structure.functions | structure.scopes
    at = max(0, cursor - 1)
    node: Node | None = parsed.tree.root_node.descendant_for_byte_range(at, at)
    heads: list[range] = []
    while node is not None:
        if node.type in kinds and node.start_byte < cursor:
            heads.append(_head(node))
        node = node.parent
    return tuple(reversed(heads))


def _head(node: Node) -> range:
    first = node.start_point.row
    body = node.child_by_field_name("body")
    last = first if body is None else body.start_point.row
    if last > first and body is not None and body.child_count and body.children[0].type != "{":
        last -= 1  # a body without a brace starts on its own line
    return range(first, min(last, first + _MAX_HEAD_LINES - 1) + 1)


def _heads_by_indentation(lines: list[str]) -> tuple[range, ...]:
    """Lines that are indented less than all following lines up to the cursor, without the last line."""
    heads: list[range] = []
    least = _indentation(lines[-1])
    for number in range(len(lines) - 2, -1, -1):
        if lines[number].strip() and (width := _indentation(lines[number])) < least:
            heads.append(range(number, number + 1))
            least = width
        if not least:
            break
    return tuple(reversed(heads))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
