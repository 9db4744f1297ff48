"""Bits per byte of accepted texts in their places: how well a model predicts what visitors want."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar, Final, Literal

from seedbed.evaluation.metrics.estimates import bits_per_byte
from seedbed.evaluation.results import Record
from seedbed.evaluation.tasks.base import Task
from seedbed.evaluation.tasks.bits_per_byte import BITS
from seedbed.finetuning.events import Accepted
from seedbed.finetuning.prompts import prompt_of
from seedbed.models.inference.backend import Backend

TASK: Final = "accepted"


class AcceptedTask(Task):
    """The task as results show it. `max_tokens` is the room for a completion in the prompts."""

    section: ClassVar[str] = "fine-tuning"

    name: str = TASK
    title: str = "Accepted text"
    kind: Literal["accepted"] = "accepted"
    max_tokens: int


class AcceptedBits:
    """Texts of held-out events."""

    metrics = (BITS,)

    def __init__(self, task: AcceptedTask, events: Sequence[Accepted]) -> None:
        self.task, self.events = task, events

    @property
    def count(self) -> int:
        """Number of texts."""
        return len(self.events)

    def describe(self, count: int) -> object:
        """The first ones as plain data."""
        return [asdict(event) for event in self.events[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """None: every converted model gives probabilities."""
        return None

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Score some texts in their places. Raises: GenerationError."""
        return [record(backend, event, self.task.max_tokens) for event in self.events[start:stop]]


def record(backend: Backend, event: Accepted, max_tokens: int) -> Record:
    """Bits per byte of one text after the prompt of its place, weighted by its length."""
    prompt, text = prompt_of(backend, event, max_tokens), backend.encode(event.text)
    nats = -sum(backend.log_likelihood([*prompt, *text])[-len(text) :])
    size = len(event.text.encode("utf-8", "surrogatepass"))
    return Record(
        id=event.id, group=event.language, values={BITS.name: bits_per_byte(nats, size)}, weights={BITS.name: float(size)}
    )
