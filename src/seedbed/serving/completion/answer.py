"""What is said to who asked: candidates from the best on, what speaks for and against each, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seedbed.data.attribution.match import Match
from seedbed.models.inference.backend import FinishReason

__all__ = ["Answer", "Candidate", "Finding", "Match", "Severity", "Source"]

Severity = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know before they take a candidate; `line` counts from 1, in the candidate's text."""

    rule: str
    severity: Severity
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One suggestion.

    text: what would be inserted; "" where it is withheld by policy.
    reasons: why it stands where it stands among the others, in words.
    mean_log_probability: of the tokens that the model wrote, in nats; None where the backend does not tell them.
    shaped: rules that changed what the model wrote; finish_reason: why the model stopped.
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
    """Candidates, the best first; equal texts are one.

    source: whether the model wrote now; is_fim: whether it saw what stands behind the cursor; prompt_tokens: what it was shown.
    timings_ms: milliseconds of each step, and of all as "total".
    """

    candidates: tuple[Candidate, ...]
    source: Source
    model: str
    is_fim: bool
    prompt_tokens: int
    timings_ms: Mapping[str, float]
