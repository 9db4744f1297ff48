"""Candidates ranked with reasons, and the answer to a request."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from seedbed.core.syntax import Parsed, parse
from seedbed.core.text.formatting import plural
from seedbed.data.attribution.find import Match
from seedbed.models.inference.backend import Completion, FinishReason
from seedbed.serving.completion.request import Fragment

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


__all__ = ["Answer", "Candidate", "Clock", "Finding", "Match", "Severity", "Source", "TokenAnswer", "TokenCandidate"]

Severity = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A result of a safety check. line: from 1, in the candidate's text."""

    rule: str
    severity: Severity
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One suggestion.

    text: what would be inserted; "" where the policy withholds it.
    reasons: why it has its rank, in words.
    mean_log_probability: of the tokens that the model wrote, in nats; None where the backend does not report them.
    shaped: rules of post-processing that changed the text; finish_reason: why the model stopped.
    """

    text: str
    reasons: tuple[str, ...]
    tokens: int
    mean_log_probability: float | None
    finish_reason: FinishReason
    shaped: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    matches: tuple[Match, ...] = ()
    is_withheld: bool = False


Source = Literal["model", "cache"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Candidates, the best first; candidates with equal texts are one.

    source: whether the model wrote it now; is_fim: whether the model saw the text behind the cursor.
    prompt_tokens: of what the model was shown; timings_ms: milliseconds of each step, and of all as "total".
    """

    candidates: tuple[Candidate, ...]
    source: Source
    model: str
    is_fim: bool
    prompt_tokens: int
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TokenCandidate:
    """A completion as the model wrote it, token by token.

    text, tokens: empty where the policy withholds it; token_count: what the model wrote, withheld or not.
    log_probabilities: of each token, in nats; None where the backend does not report it.
    """

    text: str
    tokens: tuple[str, ...]
    log_probabilities: tuple[float | None, ...]
    token_count: int
    finish_reason: FinishReason
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """Completions of one request with the probabilities of their tokens, in the order in which they were drawn."""

    candidates: tuple[TokenCandidate, ...]
    prompt_tokens: int


class Clock:
    """Milliseconds of each step of a request, in the order of their first start; a repeated step adds up."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure the block as part of a step."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._steps[name] = self._steps.get(name, 0.0) + (time.perf_counter() - start) * 1000

    def read(self) -> dict[str, float]:
        """The steps so far, and the time since the start as "total"."""
        return {**self._steps, "total": (time.perf_counter() - self._start) * 1000}
