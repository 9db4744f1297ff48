"""Functions of a tree: decision points, nesting, lines and parameters."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seedbed.core.syntax.languages import LANGUAGES
from seedbed.core.syntax.tree import IDENTIFIER, KINDS, kind_table, token_class
from seedbed.core.syntax.walk import declared_name, is_declaration, parameters_of, qualified, scope_name

if TYPE_CHECKING:
    import numpy.typing as npt
    from tree_sitter import Node

    from seedbed.core.syntax.language import Grammar, Language
    from seedbed.core.syntax.tree import Parsed
    from seedbed.core.syntax.walk import Walk


_CLOSING_BRACE = token_class("}")
_ELSE = token_class("else")
_BOTH = token_class("&&")
_ASSIGN = token_class("=")
_END_OF_DIRECTIVE = token_class("\n")
_DIRECTIVES = (token_class("#if"), token_class("#elif"))


def decisions(walk: Walk) -> tuple[list[int], list[int]]:
    """Sorted byte offsets where a path is added, and where one is taken back.

    A substring test on the source skips most searches: on a small file numpy's calls would cost more than the parse.
    """
    rules, roles = LANGUAGES[walk.parsed.language].structure, roles_of(walk.parsed)
    tokens = np.flatnonzero(roles.is_decision[walk.raw])
    plus: list[int] = walk.starts[tokens].tolist()
    minus: list[int] = []
    if rules.decision_nodes:
        plus += _starts(walk, roles.decision_node)
    if rules.undecided:
        minus += set(_starts(walk, roles.undecided)).intersection(plus)
    if rules.choices:
        minus += _first_choices(walk, _starts(walk, roles.choice))
    for text, token in rules.doubles:
        plus += _doubles(walk, text, token_class(token))
    if rules.lone_else_decides:
        plus += _lone_else(walk)
    if rules.decision_names:
        plus += _names_after_dots(walk, rules.decision_names)
    if rules.assignment_undecides:
        in_directives = _in_directives(walk, tokens)
        minus += walk.starts[in_directives].tolist() + _before_assignments(walk, roles, in_directives)
    return sorted(plus), sorted(minus)


def _starts(walk: Walk, role: bytes) -> list[int]:
    """Offsets of the marked nodes in a role."""
    return [start for kind, start in zip(walk.marks.kinds, walk.marks.starts, strict=True) if role[kind]]


def _first_choices(walk: Walk, blocks: list[int]) -> list[int]:
    """Match blocks that are not empty."""
    if not blocks:
        return []
    after_brace = walk.kinds[np.searchsorted(walk.starts, blocks) + 1].tolist()
    return [block for block, kind in zip(blocks, after_brace, strict=True) if kind != _CLOSING_BRACE]


def _doubles(walk: Walk, text: bytes, token: int) -> list[int]:
    """Pairs of touching tokens, such as the two bars of an empty parameter list."""
    if text not in walk.parsed.source:
        return []
    singles = walk.starts[walk.kinds == token]
    pairs: list[int] = singles[:-1][np.diff(singles) == 1].tolist()
    return pairs


def _lone_else(walk: Walk) -> list[int]:
    """`else` that follows no closing brace."""
    lone = np.flatnonzero((walk.kinds[1:] == _ELSE) & (walk.kinds[:-1] != _CLOSING_BRACE)) + 1
    offsets: list[int] = walk.starts[lone].tolist()
    return offsets


def _names_after_dots(walk: Walk, names: frozenset[str]) -> list[int]:
    """Identifiers with one of these names after a dot."""
    offsets = [match.start(1) for match in _after_dot(names).finditer(walk.parsed.source)]
    if not offsets:
        return []
    tokens = np.minimum(np.searchsorted(walk.starts, offsets), len(walk.starts) - 1)
    is_name = (walk.starts[tokens] == offsets) & (walk.kinds[tokens] == IDENTIFIER)
    return [start for start, kept in zip(offsets, is_name.tolist(), strict=True) if kept]


@functools.cache
def _after_dot(names: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile(rb"\.\s*(" + "|".join(sorted(names)).encode() + rb")\b")


def _in_directives(walk: Walk, tokens: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The tokens inside the condition of an `#if`, which is one path whatever the condition."""
    if b"#" not in walk.parsed.source:
        return tokens[:0]
    directives = np.flatnonzero((walk.kinds == _DIRECTIVES[0]) | (walk.kinds == _DIRECTIVES[1]))
    if not directives.size:
        return directives
    line_ends = np.flatnonzero(walk.kinds == _END_OF_DIRECTIVE)
    closing = np.append(line_ends, len(walk.kinds))[np.searchsorted(line_ends, directives)]
    before = np.searchsorted(directives, tokens, side="left") - 1
    inside: npt.NDArray[np.int64] = tokens[(before >= 0) & (tokens < closing[before])]
    return inside


def _before_assignments(walk: Walk, roles: Roles, left_out: npt.NDArray[np.int64]) -> list[int]:
    """`&&` whose operand ends at an assignment; of several with the same end only the first counts."""
    both = sorted(set(np.flatnonzero(walk.kinds == _BOTH).tolist()) - set(left_out.tolist()))
    if not both:
        return []
    ends = np.append(np.flatnonzero(roles.ends_operand[walk.raw]), -1)
    offsets, last_end = [], -1
    for token, end in zip(both, ends[np.searchsorted(ends[:-1], both)].tolist(), strict=True):
        if end not in (-1, last_end) and walk.kinds[end] == _ASSIGN:
            offsets.append(int(walk.starts[token]))
        last_end = end
    return offsets


@dataclass(frozen=True, slots=True)
class Roles:
    """Role of each grammar kind in complexity: tables of 65536 booleans, as bytes where single kinds are looked up."""

    function: bytes
    control: bytes
    scope: bytes
    decision_node: bytes
    undecided: bytes
    choice: bytes
    is_decision: npt.NDArray[np.bool_]
    ends_operand: npt.NDArray[np.bool_]


def roles_of(parsed: Parsed) -> Roles:
    """The tables of a parse's grammar."""
    return _roles(parsed.grammar, LANGUAGES[parsed.language])


@functools.cache
def _roles(grammar: Grammar, language: Language) -> Roles:
    table, rules = kind_table(grammar), language.structure

    def among(numbers: list[int]) -> bytes:
        role = bytearray(KINDS)
        for number in numbers:
            role[number] = True
        return bytes(role)

    return Roles(
        function=among(table.nodes(rules.functions)),
        control=among(table.nodes(rules.controls)),
        scope=among(table.nodes(rules.scopes)),
        decision_node=among(table.nodes(rules.decision_nodes)),
        undecided=among(table.nodes(rules.undecided)),
        choice=among(table.nodes(rules.choices)),
        is_decision=np.frombuffer(among(table.tokens(rules.decisions)), dtype=np.bool_),
        ends_operand=np.frombuffer(among(table.tokens(frozenset("=;{})"))), dtype=np.bool_),
    )


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
