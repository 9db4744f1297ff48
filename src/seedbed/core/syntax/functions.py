"""Measure functions from the marks of a walk: paths, lines, nesting and parameters."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.syntax.decisions import decisions, roles_of
from seedbed.core.syntax.languages import LANGUAGES
from seedbed.core.syntax.signature import declared_name, is_declaration, parameters_of, qualified, scope_name

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax.walk import Walk


@dataclass(frozen=True, slots=True)
class Function:
    """One measured function or method.

    name: `Class::method` for methods, "(anonymous)" without a name.
    start_line: 1-based line of the name; without a name, of the function's start.
    lines: lines from there to its end.
    cyclomatic: 1 + decisions, in paths; decisions of functions inside it do not count.
    nesting: deepest level of control structures; 0 without any.
    parameters: declared parameters.
    """

    name: str
    start_line: int
    lines: int
    cyclomatic: int
    nesting: int
    parameters: int


def functions_of(walk: Walk) -> list[Function]:
    """Measure the functions of a walk, in source order."""
    nodes = walk.marks.functions
    if not nodes:
        return []
    names = [declared_name(node, walk) for node in nodes]
    cyclomatic = _cyclomatic(walk)
    levels, scopes = _nesting_and_scopes(walk)
    first, last = _lines(walk.parsed.source, nodes, names)
    functions = []
    for index, node in enumerate(nodes):
        if is_declaration(node, walk.parsed.source):
            continue
        parameters, defaults = parameters_of(node)
        functions.append(
            Function(
                name=qualified(scopes[index], names[index], walk.parsed.source),
                start_line=first[index],
                lines=last[index] - first[index] + 1,
                cyclomatic=cyclomatic[index] + defaults,
                nesting=levels[index],
                parameters=parameters,
            )
        )
    return functions


def _cyclomatic(walk: Walk) -> list[int]:
    """1 + decisions of each function, without those of the functions inside it."""
    plus, minus = decisions(walk)
    from_signature = LANGUAGES[walk.parsed.language].structure.conditions_from_signature
    paths: list[int] = []
    around: list[tuple[int, int]] = [(-1, 1 << 62)]
    for index, node in enumerate(walk.marks.functions):
        start, end = node.start_byte, node.end_byte
        counted_from = start if from_signature else _body_start(node)
        own = _count_between(plus, counted_from, end) - _count_between(minus, counted_from, end)
        paths.append(1 + own)
        while around[-1][1] <= start:
            around.pop()
        if (parent := around[-1][0]) >= 0:
            paths[parent] -= own
        around.append((index, end))
    return paths


def _body_start(function: Node) -> int:
    body = function.child_by_field_name("body")
    return function.start_byte if body is None else body.start_byte


def _count_between(offsets: list[int], start: int, end: int) -> int:
    """How many of the sorted offsets lie in a half-open interval."""
    return bisect_left(offsets, end) - bisect_left(offsets, start)


def _nesting_and_scopes(walk: Walk) -> tuple[list[int], list[str]]:
    """Deepest control level of each function, and the names of the classes around it, joined by `::`."""
    roles, marks, source = roles_of(walk.parsed), walk.marks, walk.parsed.source
    scope_nodes = iter(marks.scopes)
    levels: list[int] = []
    scopes: list[str] = []
    # Each open mark: its end, the function it is in (or is), the control level there, the classes around.
    open_marks: list[tuple[int, int, int, str]] = [(1 << 62, -1, 0, "")]
    for kind, start, end in zip(marks.kinds, marks.starts, marks.ends, strict=True):
        while open_marks[-1][0] <= start:
            open_marks.pop()
        _, function, level, scope = open_marks[-1]
        if roles.function[kind]:
            open_marks.append((end, len(levels), 0, scope))
            scopes.append(scope)
            levels.append(0)
        elif roles.scope[kind]:
            open_marks.append((end, function, level, qualified(scope, scope_name(next(scope_nodes)), source)))
        elif roles.control[kind] and function >= 0:
            level += not _follows_else(source, start)
            open_marks.append((end, function, level, scope))
            levels[function] = max(levels[function], level)
    return levels, scopes


def _follows_else(source: bytes, start: int) -> bool:
    """Whether a control structure is the `if` of an `else if`, which is as deep as the first `if`."""
    return source[max(0, start - 24) : start].rstrip().endswith(b"else")


def _lines(source: bytes, functions: list[Node], names: list[Node | None]) -> tuple[list[int], list[int]]:
    """Line of each function's name (of its start without one) and its last line, 1-based."""
    first, last = [], []
    line, counted_to = 1, 0
    for function, name in zip(functions, names, strict=True):
        start = (name or function).start_byte
        # A function's name may stand before that of the function before it: `a(b = () => 1)`.
        line += source.count(b"\n", counted_to, start) - source.count(b"\n", start, counted_to)
        counted_to = start
        first.append(line)
        # An end at the start of a line belongs to the line before it.
        last.append(line + source.count(b"\n", start, max(start, function.end_byte - 1)))
    return first, last
