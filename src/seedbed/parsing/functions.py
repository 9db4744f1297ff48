"""From the marks of a walk to measured functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seedbed.parsing.decisions import decisions, roles_of
from seedbed.parsing.rules import RULES
from seedbed.parsing.signature import declared_name, is_declaration, parameters_of, qualified, scope_name

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.parsing.decisions import Offsets
    from seedbed.parsing.walk import Walk


@dataclass(frozen=True, slots=True)
class Function:
    """One measured function or method.

    name: `Class::method` for methods, "(anonymous)" without a name.
    start_line: 1-based line of the name; without a name, of the function's start.
    lines: lines from there to its end.
    cyclomatic: 1 + decisions, in paths; those of functions inside it are theirs.
    nesting: deepest level of control structures; 0 without any.
    parameters: declared parameters.
    """

    name: str
    start_line: int
    lines: int
    cyclomatic: int
    nesting: int
    parameters: int


def measure_functions(walk: Walk) -> list[Function]:
    """Functions of a walk, in source order."""
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
    rules, nodes = RULES[walk.parsed.language], walk.marks.functions
    plus, minus = decisions(walk)
    starts = [node.start_byte if rules.conditions_from_signature else _body_start(node) for node in nodes]
    ends = [node.end_byte for node in nodes]
    inclusive = _count_between(plus, starts, ends) - _count_between(minus, starts, ends)
    own = inclusive.copy()
    for child, parent in enumerate(_parents(nodes)):
        if parent >= 0:
            own[parent] -= inclusive[child]
    return [int(paths) + 1 for paths in own]


def _body_start(function: Node) -> int:
    body = function.child_by_field_name("body")
    return function.start_byte if body is None else body.start_byte


def _count_between(offsets: Offsets, starts: list[int], ends: list[int]) -> Offsets:
    """How many of the sorted offsets lie in each half-open interval."""
    return np.searchsorted(offsets, ends) - np.searchsorted(offsets, starts)


def _parents(functions: list[Node]) -> list[int]:
    """Index of the function around each function, -1 for none. Functions come in source order."""
    parents, open_functions = [], [(-1, 1 << 62)]
    for index, function in enumerate(functions):
        while open_functions[-1][1] <= function.start_byte:
            open_functions.pop()
        parents.append(open_functions[-1][0])
        open_functions.append((index, function.end_byte))
    return parents


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
    newlines = np.flatnonzero(np.frombuffer(source, dtype=np.uint8) == ord("\n"))
    starts = [(name or function).start_byte for name, function in zip(names, functions, strict=True)]
    # An end at the start of a line belongs to the line before it.
    ends = [max(start, function.end_byte - 1) for start, function in zip(starts, functions, strict=True)]
    first, last = np.searchsorted(newlines, starts) + 1, np.searchsorted(newlines, ends) + 1
    return first.tolist(), last.tolist()
