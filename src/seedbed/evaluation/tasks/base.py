"""What every task has: its recipe in recipes/eval, and the problems that it asks a model.

A kind of task is one module in this package: a subclass of `Task`, whose `kind` is its key in recipes, and what it prepares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Protocol, Self

from pydantic import Field, JsonValue, model_validator

from seedbed.core.config.recipe import Language, Model, Positive
from seedbed.evaluation.prompts import Document
from seedbed.evaluation.results import Metric, Record
from seedbed.models.inference.backend import Backend, Sampling

Documents = Callable[[], Sequence[Document]]
"""Reads the files of the split; called only by tasks that need them."""


class PreparedTask(Protocol):
    """A task with its problems in a fixed order. `ask` gives one record for each of some problems, in their order."""

    @property
    def metrics(self) -> Sequence[Metric]:
        """What is measured."""

    @property
    def count(self) -> int:
        """Number of problems."""

    def describe(self, count: int) -> object:
        """The first `count` problems as plain data, for a hash of them."""

    def obstacle(self, backend: Backend) -> str | None:
        """Why this model cannot be asked on this machine; None if it can."""

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Ask problems [start, stop) and judge the answers."""


class SamplingSettings(Model):
    """How completions are drawn: `n` for each problem; temperature 0 always takes the most likely token."""

    n: Positive = 1
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    top_k: Annotated[int, Field(ge=0)] = 50
    max_new_tokens: Positive = 64

    @model_validator(mode="after")
    def _greedy_once(self) -> Self:
        if self.temperature == 0 and self.n > 1:
            raise ValueError(f"n {self.n} at temperature 0 draws the same completion again and again: n 1")
        return self

    def with_seed(self, seed: int, stop: tuple[str, ...] = ()) -> Sampling:
        """The settings as a backend takes them."""
        return Sampling(
            temperature=self.temperature, top_k=self.top_k, max_new_tokens=self.max_new_tokens, n=self.n, seed=seed, stop=stop
        )


class Task(Model):
    """What every task says. `problems` counts those of one language, or all where there is one language."""

    section: ClassVar[str] = "evaluation-tasks"
    needs_documents: ClassVar[bool] = True
    """Whether the problems are made of files of the dataset's split."""
    depends_on_machine: ClassVar[bool] = False
    """Whether the results say as much of the machine as of the model."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    title: str
    kind: str
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 17

    def prepare(self, documents: Documents) -> PreparedTask:
        """Make the problems.

        Raises: InputError when the problems or the split are missing.
        """
        raise TypeError(f"{type(self).__name__} makes no problems of documents")

    def at(self, folder: Path) -> Self:
        """The same task with relative paths starting at `folder`."""
        del folder
        return self

    @property
    def is_local(self) -> bool:
        """Whether the problems can be had without a Hub."""
        return True

    @property
    def sha256(self) -> str:
        """Hash of the meaning, hexadecimal; comments, the order of keys and the folder of a problem file do not change it."""
        return hashlib.sha256(json.dumps(self.meaning, sort_keys=True).encode()).hexdigest()

    @property
    def meaning(self) -> dict[str, JsonValue]:
        """The task as plain data."""
        return self.model_dump(mode="json")


class SplitTask(Task):
    """A task about files of the test split, in `languages`, or in all languages of the split when none is named."""

    languages: tuple[Language, ...] = ()
