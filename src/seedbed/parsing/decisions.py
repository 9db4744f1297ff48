"""Where the paths of a file fork: offsets of the decisions that lizard's definition counts."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from seedbed.parsing.kinds import IDENTIFIER, KINDS, kind_table, token_class
from seedbed.parsing.rules import RULES

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.parsing.grammars import Grammar
    from seedbed.parsing.tree import Parsed
    from seedbed.parsing.walk import Walk

    Offsets = npt.NDArray[np.int64]

_CLOSING_BRACE = token_class("}")
_BAR = token_class("|")
_ELSE = token_class("else")
_BOTH = token_class("&&")
_ASSIGN = token_class("=")
_ENDS_OPERAND = np.array([token_class(token) for token in "=;{})"], dtype=np.uint32)
_END_OF_DIRECTIVE = token_class("\n")
_DIRECTIVES = np.array([token_class("#if"), token_class("#elif")], dtype=np.uint32)


def decisions(walk: Walk) -> tuple[Offsets, Offsets]:
    """Sorted byte offsets where a path is added, and where one is taken back."""
    rules, roles, marks = RULES[walk.parsed.language], roles_of(walk.parsed), walk.marks
    kinds, offsets = np.array(marks.kinds, dtype=np.int64), np.array(marks.starts, dtype=np.int64)
    tokens = np.flatnonzero(roles.decision[walk.raw])
    plus: list[npt.NDArray[Any]] = [walk.starts[tokens], offsets[roles.decision_node[kinds]]]
    minus: list[npt.NDArray[Any]] = [np.intersect1d(offsets[roles.undecided[kinds]], walk.starts[tokens])]
    if rules.choices:
        minus.append(_first_choices(walk, offsets[roles.choice[kinds]]))
    if rules.bars_decide:
        plus.append(_double_bars(walk))
    if rules.lone_else_decides:
        plus.append(_lone_else(walk))
    if rules.decision_names:
        plus.append(_names_after_dots(walk, rules.decision_names))
    if rules.assignment_undecides:
        tokens_in_directives = _in_directives(walk, tokens)
        minus += [walk.starts[tokens_in_directives], _before_assignments(walk, tokens_in_directives)]
    return np.sort(np.concatenate(plus)), np.sort(np.concatenate(minus))


def _first_choices(walk: Walk, blocks: Offsets) -> Offsets:
    """Match blocks that are not empty."""
    after_brace = walk.kinds[np.searchsorted(walk.starts, blocks) + 1]
    non_empty: Offsets = blocks[after_brace != _CLOSING_BRACE]
    return non_empty


def _double_bars(walk: Walk) -> Offsets:
    """Pairs of touching bars."""
    bars = walk.starts[walk.kinds == _BAR].astype(np.int64)
    pairs: Offsets = bars[:-1][np.diff(bars) == 1]
    return pairs


def _lone_else(walk: Walk) -> Offsets:
    """`else` that follows no closing brace."""
    lone = np.flatnonzero((walk.kinds[1:] == _ELSE) & (walk.kinds[:-1] != _CLOSING_BRACE)) + 1
    found: Offsets = walk.starts[lone].astype(np.int64)
    return found


def _names_after_dots(walk: Walk, names: frozenset[str]) -> Offsets:
    """Identifiers with one of these names after a dot."""
    pattern = re.compile(rb"\.\s*(" + "|".join(sorted(names)).encode() + rb")\b")
    found = [match.start(1) for match in pattern.finditer(walk.parsed.source)]
    return np.intersect1d(np.array(found, dtype=np.int64), walk.starts[walk.kinds == IDENTIFIER])


def _in_directives(walk: Walk, tokens: Offsets) -> Offsets:
    """Those of the tokens that are in the condition of an `#if`, which is one path whatever it says."""
    directives = np.flatnonzero(np.isin(walk.kinds, _DIRECTIVES))
    if not directives.size:
        return directives
    line_ends = np.flatnonzero(walk.kinds == _END_OF_DIRECTIVE)
    closing = np.append(line_ends, len(walk.kinds))[np.searchsorted(line_ends, directives)]
    before = np.searchsorted(directives, tokens, side="left") - 1
    inside: Offsets = tokens[(before >= 0) & (tokens < closing[before])]
    return inside


def _before_assignments(walk: Walk, left_out: Offsets) -> Offsets:
    """`&&` whose operand ends at an assignment; of several with the same end only the first."""
    both = np.setdiff1d(np.flatnonzero(walk.kinds == _BOTH), left_out)
    ends = np.flatnonzero(np.isin(walk.kinds, _ENDS_OPERAND))
    if not both.size or not ends.size:
        return np.empty(0, dtype=np.int64)
    following, first = np.unique(np.searchsorted(ends, both), return_index=True)
    following, first = following[following < ends.size], first[following < ends.size]
    assigned: Offsets = walk.starts[both[first[walk.kinds[ends[following]] == _ASSIGN]]].astype(np.int64)
    return assigned


@dataclass(frozen=True, slots=True)
class Roles:
    """What a grammar kind is to complexity: bool[65536] tables."""

    function: npt.NDArray[np.bool_]
    control: npt.NDArray[np.bool_]
    scope: npt.NDArray[np.bool_]
    decision: npt.NDArray[np.bool_]
    decision_node: npt.NDArray[np.bool_]
    undecided: npt.NDArray[np.bool_]
    choice: npt.NDArray[np.bool_]


def roles_of(parsed: Parsed) -> Roles:
    """The tables of a parse's grammar."""
    return _roles(parsed.grammar, parsed.language)


@functools.cache
def _roles(grammar: Grammar, language: str) -> Roles:
    table, rules = kind_table(grammar), RULES[language]

    def among(numbers: list[int]) -> npt.NDArray[np.bool_]:
        role = np.zeros(KINDS, dtype=np.bool_)
        role[numbers] = True
        return role

    return Roles(
        function=among(table.nodes(rules.functions)),
        control=among(table.nodes(rules.controls)),
        scope=among(table.nodes(rules.scopes)),
        decision=among(table.tokens(rules.decisions)),
        decision_node=among(table.nodes(rules.decision_nodes)),
        undecided=among(table.nodes(rules.undecided)),
        choice=among(table.nodes(rules.choices)),
    )
