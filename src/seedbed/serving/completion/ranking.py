"""Which candidate stands first, and why: it parses in its place, the model is sure of it, it says more."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.core.syntax import Parsed, parse
from seedbed.core.text.numbers import plural
from seedbed.models.inference.backend import Completion
from seedbed.serving.completion.fragment import Fragment

_SURE = 0.1
"""Means of log-probability closer than this, in nats, are as good as equal; then the longer text comes first."""


@dataclass(frozen=True)
class Shaped:
    """What became of one completion, or of several that became the same: `times` counts them."""

    fragment: Fragment
    completion: Completion
    rules: tuple[str, ...]
    times: int = 1


@dataclass(frozen=True)
class Ranked:
    """A candidate in its place among the others, with the reasons in words."""

    shaped: Shaped
    reasons: tuple[str, ...]


def rank(candidates: list[Shaped]) -> list[Ranked]:
    """The best first; among equals the one that was drawn first."""
    if not candidates:
        return []
    one = candidates[0].fragment
    before = parse(one.prefix + one.suffix, one.language)
    judged = [(candidate, _new_damage(candidate.fragment, before)) for candidate in candidates]
    judged.sort(key=lambda pair: _key(*pair))
    return [Ranked(candidate, _reasons(candidate, damage)) for candidate, damage in judged]


def _key(candidate: Shaped, damage: int | None) -> tuple[bool, bool, float, int]:
    """Sorts the best first: says something, breaks nothing, is likely, is long."""
    text = candidate.fragment.completion
    mean = round(candidate.completion.mean_log_probability / _SURE) if candidate.completion.log_probabilities else 0
    return (not text.strip(), bool(damage), -mean, -len(text))


def _new_damage(fragment: Fragment, before: Parsed | None) -> int | None:
    """Bytes and nodes that cannot be read and could before; 0 where there are none, None where nothing can be read."""
    after = fragment.parsed
    if after is None or before is None:
        return None
    return max(0, damage_of(after) - damage_of(before))


def damage_of(parsed: Parsed) -> int:
    """Bytes that cannot be read, and nodes that had to be invented."""
    return parsed.damage.error_bytes + parsed.damage.missing_nodes


def _reasons(candidate: Shaped, damage: int | None) -> tuple[str, ...]:
    told = [_syntax(candidate.fragment, damage)]
    if candidate.completion.log_probabilities:
        told.append(f"mean log-probability {candidate.completion.mean_log_probability:.2f}")
    told.append(plural(candidate.fragment.completion.count("\n") + 1, "line"))
    if candidate.times > 1:
        told.append(f"drawn {candidate.times} times")
    return tuple(told)


def _syntax(fragment: Fragment, damage: int | None) -> str:
    if not fragment.completion.strip():
        return "empty"
    if damage is None:
        return "no grammar for its language" if fragment.language else "not parsed: no path and no language was told"
    if damage:
        return "does not parse in place"
    assert fragment.parsed is not None  # noqa: S101 - damage was told of it
    return "parses in place" if not damage_of(fragment.parsed) else "parses as far as the file around it does"
