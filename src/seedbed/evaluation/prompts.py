"""What all kinds of task have in common: questions in a fixed order, and records of what a model said to them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from seedbed.evaluation.results import Metric, Record, Sample
from seedbed.models.inference.backend import Backend, Completion, Ids, Sampling


@dataclass(frozen=True, slots=True)
class Question:
    """A place in a file: what is before it, what is after it (empty where that is not told), and what stood there.

    `scope` is where the function around it starts in `prefix`, in characters; `around` what the function needs before it to
    parse alone.
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


class Asking(Protocol):
    """A task, ready to be asked. `ask` gives one record for each of some questions, in their order."""

    @property
    def metrics(self) -> Sequence[Metric]:
        """What is measured."""

    @property
    def count(self) -> int:
        """How many questions there are."""

    def described(self, count: int) -> object:
        """The first `count` questions as plain data, which their hash is made of."""

    def obstacle(self, backend: Backend) -> str | None:
        """Why this model cannot be asked here, where it cannot."""

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Ask questions [start, stop) and judge the answers."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Completions of one prompt, and the seconds that each took: an equal share of its batch's."""

    completions: list[Completion]
    seconds: float


def generate(backend: Backend, prompts: Sequence[Ids], sampling: Sampling) -> list[Timed]:
    """Completions of prompts, with their time."""
    start = time.perf_counter()
    made = backend.generate(prompts, sampling)
    each = (time.perf_counter() - start) / max(1, sum(map(len, made)))
    return [Timed(completions, each) for completions in made]


def averaged(identity: str, group: str, judged: Sequence[tuple[Sample, dict[str, float]]]) -> Record:
    """The record of a question: each value is the mean over its samples."""
    values = {name: sum(one[name] for _, one in judged) / len(judged) for name in judged[0][1]}
    return Record(id=identity, group=group, values=values, samples=tuple(sample for sample, _ in judged))


def shortened(text: str, prompt: Callable[[str], Sequence[int]], most_tokens: int, *, from_start: bool = True) -> str:
    """As much of a text as makes a prompt of at most `most_tokens`: its end, or where `from_start` is false its start.

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

    return prompt(shortened(prefix, prompt, room))


def middle_prompt(backend: Backend, prefix: str, suffix: str, new_tokens: int, path: str = "") -> list[int]:
    """Token ids that ask for what is between: a third of the room for what is after, the rest for what is before."""
    room = _room(backend, new_tokens)
    suffix = shortened(suffix, lambda text: backend.fim_prompt("", text, path=path), room // 3, from_start=False)

    def prompt(text: str) -> list[int]:
        return backend.fim_prompt(text, suffix, path=path)

    return prompt(shortened(prefix, prompt, room))


def _room(backend: Backend, new_tokens: int) -> int:
    """Tokens of a prompt: what the completion leaves of the context, and half of it at least."""
    return backend.context_tokens - min(new_tokens, backend.context_tokens // 2)
