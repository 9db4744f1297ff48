"""The answer to a completion request: ranked candidates, what speaks for and against each, and the time of each step."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from seedbed.data.attribution.match import Match
from seedbed.models.inference.backend import FinishReason

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
