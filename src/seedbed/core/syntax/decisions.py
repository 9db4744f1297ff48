"""Offsets of the decisions in a file, by lizard's definition."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seedbed.core.syntax.grammars import IDENTIFIER, KINDS, kind_table, token_class
from seedbed.core.syntax.languages import LANGUAGES

if TYPE_CHECKING:
    import numpy.typing as npt

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
