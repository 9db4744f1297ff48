"""Ranks candidates, with reasons: those that parse in place first, then by likelihood, then by length."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.core.syntax import Parsed, parse
from seedbed.core.text.numbers import plural
from seedbed.models.inference.backend import Completion
from seedbed.serving.completion.fragment import Fragment

_EQUAL_NATS = 0.1
"""Mean log-probabilities are rounded to this; among equal ones the longer text comes first."""


@dataclass(frozen=True)
class Shaped:
    """A completion after post-processing. times: number of completions that became this text."""

    fragment: Fragment
    completion: Completion
    rules: tuple[str, ...]
    times: int = 1


@dataclass(frozen=True)
class Ranked:
    """A candidate with the reasons for its rank, in words."""

    shaped: Shaped
    reasons: tuple[str, ...]


def rank(candidates: list[Shaped]) -> list[Ranked]:
    """Sort candidates, the best first; equal ones in the order in which they were drawn."""
    if not candidates:
        return []
    fragment = candidates[0].fragment
    before = parse(fragment.prefix + fragment.suffix, fragment.language)
    judged = [(candidate, _new_damage(candidate.fragment, before)) for candidate in candidates]
    judged.sort(key=lambda pair: _key(*pair))
    return [Ranked(candidate, _reasons(candidate, damage)) for candidate, damage in judged]


def _key(candidate: Shaped, damage: int | None) -> tuple[bool, bool, float, int]:
    """Sort key: not empty, no new syntax errors, likely, long."""
    text = candidate.fragment.completion
    mean = round(candidate.completion.mean_log_probability / _EQUAL_NATS) if candidate.completion.log_probabilities else 0
    return (not text.strip(), bool(damage), -mean, -len(text))


def _new_damage(fragment: Fragment, before: Parsed | None) -> int | None:
    """Bytes and nodes with syntax errors beyond those without the completion; None without a grammar."""
    after = fragment.parsed
    if after is None or before is None:
        return None
    return max(0, damage_of(after) - damage_of(before))


def damage_of(parsed: Parsed) -> int:
    """Bytes under error nodes, and missing nodes."""
    return parsed.damage.error_bytes + parsed.damage.missing_nodes


def _reasons(candidate: Shaped, damage: int | None) -> tuple[str, ...]:
    reasons = [_syntax(candidate.fragment, damage)]
    if candidate.completion.log_probabilities:
        reasons.append(f"mean log-probability {candidate.completion.mean_log_probability:.2f}")
    reasons.append(plural(candidate.fragment.completion.count("\n") + 1, "line"))
    if candidate.times > 1:
        reasons.append(f"drawn {candidate.times} times")
    return tuple(reasons)


def _syntax(fragment: Fragment, damage: int | None) -> str:
    if not fragment.completion.strip():
        return "empty"
    if damage is None:
        return "no grammar for its language" if fragment.language else "not parsed: the request names no path and no language"
    if damage:
        return "does not parse in place"
    assert fragment.parsed is not None  # noqa: S101 - there is damage only with a tree
    return "parses in place" if not damage_of(fragment.parsed) else "parses as far as the file around it does"
