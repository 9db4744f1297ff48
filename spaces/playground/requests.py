"""Reads the form into a completion request, and keeps the last answer of a visitor."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from uuid import uuid4

from seedbed.core.errors import InputError
from seedbed.core.text.decoding import checked
from seedbed.models.inference.backend import Sampling
from seedbed.serving.completion.answer import Candidate
from seedbed.serving.completion.request import CompletionRequest

NEXT, MIDDLE = "Continue the code", "Fill in the middle"
MAX_CHARACTERS = 100_000
MAX_CANDIDATES = 4
MAX_NEW_TOKENS = 256
DEFAULTS = Sampling(n=3)
NO_ANSWER = "The model does not answer. Try again in a moment."
"""Shown in place of the model's own error, which may quote a request or name a machine."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The last answer that a visitor was shown, and its request. rejected: numbers of the candidates they rejected."""

    request: CompletionRequest
    candidates: tuple[Candidate, ...]
    rejected: frozenset[int] = frozenset()
    id: str = field(default_factory=lambda: uuid4().hex)


def request_of(
    prefix: str | None,
    suffix: str | None,
    language: str,
    temperature: float | None,
    top_k: float | None,
    new_tokens: float | None,
    candidates: float | None,
) -> CompletionRequest:
    """A completion request from the fields of the form.

    Raises: InputError for no code, too much code, or a number out of range.
    """
    prefix, suffix = _text("prefix", prefix), _text("suffix", suffix)
    if not (prefix + suffix).strip():
        raise InputError("code: empty. Allowed: some code, typed or from an example.")
    if len(prefix) + len(suffix) > MAX_CHARACTERS:
        raise InputError(
            f"code: {len(prefix) + len(suffix):,} characters. Allowed: {MAX_CHARACTERS:,}, before and after together."
        )
    sampling = Sampling(
        temperature=_number("temperature", temperature, "a number from 0 to 100"),
        top_k=_whole("top_k", top_k, 0, 1_000_000),
        max_new_tokens=_whole("new tokens", new_tokens, 1, MAX_NEW_TOKENS),
        n=_whole("candidates", candidates, 1, MAX_CANDIDATES),
    )
    return CompletionRequest(prefix, suffix, language=language, sampling=sampling)


def _number(name: str, value: float | None, allowed: str) -> float:
    if value is None:
        raise InputError(f"{name}: empty. Allowed: {allowed}.")
    if not isinstance(value, int | float) or not isfinite(value):  # a program may send anything
        raise InputError(f"{name}: {value!r:.40}. Allowed: {allowed}.")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str | None):
        raise InputError(f"{name}: not a text. Allowed: code.")
    try:
        return checked(value or "")
    except ValueError as error:
        raise InputError(f"{name}: {error}. Allowed: code.") from None


def _whole(name: str, value: float | None, least: int, most: int) -> int:
    allowed = f"a whole number from {least} to {most:,}"
    if _number(name, value, allowed) != int(value or 0) or not least <= int(value or 0) <= most:
        raise InputError(f"{name}: {value:g}. Allowed: {allowed}.")
    return int(value or 0)
