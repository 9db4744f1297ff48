"""What of a long file is worth keeping far from the cursor: its imports, and the first lines of what the cursor stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.syntax import LANGUAGES, parse
from seedbed.serving.completion.references.imports import imports_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax import Parsed

_HEADER_LINES = 6
"""Lines that a definition's head is kept with, at most."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Numbers of lines (from 0) of the text before a cursor: of import statements, each with the names that it brings, and of
    the heads of what encloses the cursor, the outermost first.
    """

    imports: tuple[tuple[range, frozenset[str]], ...] = ()
    heads: tuple[range, ...] = ()


def surroundings(prefix: str, suffix: str, language: str) -> Surroundings:
    """Find them by the syntax tree of the file as it is, which need not parse; heads by indentation where the tree is broken."""
    lines = prefix.split("\n")
    parsed = parse(prefix + suffix, language)
    if parsed is None:
        return Surroundings(heads=_heads_by_indentation(lines))
    cursor = len(prefix.encode("utf-8", "surrogatepass"))
    heads = _heads(parsed, cursor)
    return Surroundings(_imports(parsed, cursor), heads or _heads_by_indentation(lines))


def _imports(parsed: Parsed, cursor: int) -> tuple[tuple[range, frozenset[str]], ...]:
    named: dict[tuple[int, int], set[str]] = {}
    for one in imports_of(parsed):
        if one.end <= cursor:
            named.setdefault((one.start, one.end), set()).update(filter(None, (one.name, *one.parts[-1:])))
    return tuple(
        (range(_line(parsed, start), _line(parsed, max(start, end - 1)) + 1), frozenset(names))
        for (start, end), names in named.items()
    )


def _line(parsed: Parsed, byte: int) -> int:
    return parsed.source.count(b"\n", 0, byte)


def _heads(parsed: Parsed, cursor: int) -> tuple[range, ...]:
    """First lines of the functions and classes around a byte, from their start to where their body begins."""
    structure = LANGUAGES[parsed.language].structure
    kinds = structure.functions | structure.scopes
    at = max(0, cursor - 1)
    node: Node | None = parsed.tree.root_node.descendant_for_byte_range(at, at)
    found: list[range] = []
    while node is not None:
        if node.type in kinds and node.start_byte < cursor:
            found.append(_head(node))
        node = node.parent
    return tuple(reversed(found))


def _head(node: Node) -> range:
    first = node.start_point.row
    body = node.child_by_field_name("body")
    last = first if body is None else body.start_point.row
    if last > first and body is not None and body.child_count and body.children[0].type != "{":
        last -= 1  # a body without a brace of its own begins on its own line
    return range(first, min(last, first + _HEADER_LINES - 1) + 1)


def _heads_by_indentation(lines: list[str]) -> tuple[range, ...]:
    """Lines that are indented less than all that follow up to the cursor, the last line aside."""
    found: list[range] = []
    least = _indentation(lines[-1])
    for number in range(len(lines) - 2, -1, -1):
        if lines[number].strip() and (width := _indentation(lines[number])) < least:
            found.append(range(number, number + 1))
            least = width
        if not least:
            break
    return tuple(reversed(found))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
