"""Bits a byte of what was accepted, in its place: what a model still has to be told of the texts that visitors want."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar, Final, Literal

from seedbed.evaluation.metrics.bits import bits_per_byte
from seedbed.evaluation.results import Record
from seedbed.evaluation.task import Task
from seedbed.evaluation.tasks.bits_per_byte import BITS
from seedbed.finetuning.events import Accepted
from seedbed.finetuning.prompts import prompt_of
from seedbed.models.inference.backend import Backend

TASK: Final = "accepted"


class AcceptedTask(Task):
    """The task, as results tell it: at most `max_tokens` were asked of the model where the text was shown."""

    section: ClassVar[str] = "fine-tuning"

    name: str = TASK
    title: str = "Accepted text"
    kind: Literal["accepted"] = "accepted"
    max_tokens: int


class AcceptedBits:
    """The texts of events that no run has learned from."""

    metrics = (BITS,)

    def __init__(self, task: AcceptedTask, events: Sequence[Accepted]) -> None:
        self.task, self.events = task, events

    @property
    def count(self) -> int:
        """How many texts there are."""
        return len(self.events)

    def described(self, count: int) -> object:
        """The first ones as plain data."""
        return [asdict(one) for one in self.events[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """Any folder of ours tells probabilities."""
        return None

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Read some texts in their places."""
        return [record(backend, one, self.task.max_tokens) for one in self.events[start:stop]]


def record(backend: Backend, event: Accepted, max_tokens: int) -> Record:
    """Bits a byte of one text after what the model is shown at its place; it weighs as much as it is long."""
    prompt, text = prompt_of(backend, event, max_tokens), backend.encode(event.text)
    nats = -sum(backend.log_likelihood([*prompt, *text])[-len(text) :])
    size = len(event.text.encode("utf-8", "surrogatepass"))
    return Record(
        id=event.id, group=event.language, values={BITS.name: bits_per_byte(nats, size)}, weights={BITS.name: float(size)}
    )
