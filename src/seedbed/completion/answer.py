"""What is said of a candidate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seedbed.attribution.match import Match

__all__ = ["Finding", "Match", "Severity"]

Severity = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know before they take a candidate; `line` counts from 1, in the candidate's text."""

    rule: str
    severity: Severity
    line: int
    message: str
