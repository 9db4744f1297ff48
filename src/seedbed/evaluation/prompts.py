"""Prompts of problems, and the completions that a model gives to them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from seedbed.evaluation.results import Record, Sample
from seedbed.models.inference.backend import Backend, Completion, Ids, Sampling


@dataclass(frozen=True, slots=True)
class CompletionProblem:
    """A place in a file: the text before it, the text after it ("" where it is not shown), and the text that stood there.

    `scope` is the offset in `prefix`, in characters, where the function around the place starts; `around` is the code that the
    function needs before it to parse on its own.
    """

    id: str
    language: str
    path: str
    prefix: str
    suffix: str
    truth: str
    scope: int = 0
    around: str = ""

    def plain(self) -> dict[str, Any]:
        """As plain data, for a hash."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TimedCompletions:
    """Completions of one prompt, and seconds per completion: an equal share of the time of its batch."""

    completions: list[Completion]
    seconds: float


def generate(backend: Backend, prompts: Sequence[Ids], sampling: Sampling) -> list[TimedCompletions]:
    """Completions of prompts, with their time. Raises: GenerationError."""
    start = time.perf_counter()
    made = backend.generate(prompts, sampling)
    each = (time.perf_counter() - start) / max(1, sum(map(len, made)))
    return [TimedCompletions(completions, each) for completions in made]


def mean_record(identity: str, group: str, judged: Sequence[tuple[Sample, dict[str, float]]]) -> Record:
    """The record of a problem: each value is the mean over its samples."""
    means = {name: sum(values[name] for _, values in judged) / len(judged) for name in judged[0][1]}
    return Record(id=identity, group=group, values=means, samples=tuple(sample for sample, _ in judged))


def fit_to_tokens(text: str, prompt: Callable[[str], Sequence[int]], most_tokens: int, *, from_start: bool = True) -> str:
    """Cut a text so that its prompt has at most `most_tokens`: keep its end, or its start if `from_start` is false.

    Args: prompt: makes token ids of a text.
    """
    limit = most_tokens * _LONGEST_TOKEN
    text = (text[-limit:] if from_start else text[:limit]) if len(text) > limit else text
    while (excess := len(prompt(text)) - most_tokens) > 0 and text:
        cut = max(1, int(len(text) * excess / (excess + most_tokens)))
        text = text[cut:] if from_start else text[:-cut]
    return text


_LONGEST_TOKEN = 16
"""Characters: no text of code has tokens that long on average."""


def prefix_prompt(backend: Backend, prefix: str, new_tokens: int, path: str = "") -> list[int]:
    """Token ids of as much of a prefix as leaves room for `new_tokens` in the model's context."""
    room = _room(backend, new_tokens)

    def prompt(text: str) -> list[int]:
        return backend.plain_prompt(text, path=path)

    return prompt(fit_to_tokens(prefix, prompt, room))


def middle_prompt(backend: Backend, prefix: str, suffix: str, new_tokens: int, path: str = "") -> list[int]:
    """Token ids that ask for what is between: a third of the room for what is after, the rest for what is before."""
    room = _room(backend, new_tokens)
    suffix = fit_to_tokens(suffix, lambda text: backend.fim_prompt("", text, path=path), room // 3, from_start=False)

    def prompt(text: str) -> list[int]:
        return backend.fim_prompt(text, suffix, path=path)

    return prompt(fit_to_tokens(prefix, prompt, room))


def _room(backend: Backend, new_tokens: int) -> int:
    """Tokens of a prompt: what the completion leaves of the context, and half of it at least."""
    return backend.context_tokens - min(new_tokens, backend.context_tokens // 2)
