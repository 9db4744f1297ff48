"""Programs: completions are run against tests in the sandbox; pass@k without bias."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, JsonValue, model_validator

from seedbed.core.config.recipe import Language, Model, Positive
from seedbed.core.io.process import cores
from seedbed.core.syntax import named
from seedbed.evaluation.benchmarks import Form, ProblemSource, ProgramProblem, load_problems
from seedbed.evaluation.metrics.estimates import pass_at_k
from seedbed.evaluation.problems import OWN_LANGUAGE, limits_of, obstacle
from seedbed.evaluation.prompts import TimedCompletions, generate, prefix_prompt
from seedbed.evaluation.results import Metric, Record, Sample
from seedbed.evaluation.sandbox import Limits, Verdict, check_many
from seedbed.evaluation.score import self_test
from seedbed.evaluation.tasks.base import Documents, SamplingSettings, Task
from seedbed.models.inference.backend import Backend


class Benchmark(Model):
    """The dataset on the Hub that the figures belong to, for leaderboards: its id and the name of the task there."""

    id: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name")]
    task_id: str


class ProgramTask(Task):
    """Programs that are run against tests: pass@k."""

    needs_documents: ClassVar[bool] = False

    kind: Literal["program"]
    data: ProblemSource
    form: Form
    language: Language = "Python"
    sampling: SamplingSettings
    k: tuple[Positive, ...] = (1,)
    stop: tuple[str, ...] = ()
    timeout_seconds: Positive = 10
    benchmark: Benchmark | None = None

    @model_validator(mode="after")
    def _enough_samples(self) -> Self:
        if not self.k or max(self.k) > self.sampling.n:
            raise ValueError(f"k must be at most sampling.n ({self.sampling.n})")
        return self

    def prepare(self, documents: Documents) -> Programs:
        """Load the problems. Raises: InputError when they are missing; MissingExtraError without their package."""
        del documents
        return Programs(self)

    def at(self, folder: Path) -> Self:
        """The same task with the path of its problems starting at `folder`."""
        if self.data.path is None:
            return self
        return self.model_copy(update={"data": self.data.model_copy(update={"path": str(folder / self.data.path)})})

    @property
    def is_local(self) -> bool:
        """Whether the problems can be had without a Hub."""
        return self.data.id is None

    @property
    def meaning(self) -> dict[str, JsonValue]:
        """The task as plain data; of the path of a problem file only its name."""
        path = self.data.path and Path(self.data.path).name
        return self.model_dump(mode="json") | {"data": self.data.model_dump(mode="json") | {"path": path}}


class Programs:
    """A prepared task of programs. The sandbox is tested first: reference solutions must pass, stubs must fail."""

    def __init__(self, task: ProgramTask) -> None:
        self.task = task
        self.metrics = tuple(Metric(f"pass@{k}", "share", "higher") for k in task.k)
        language = named(task.language)
        self._toolchain = language.toolchain
        self.why_not: str | None = None
        self.problems: Sequence[ProgramProblem] = ()
        if self._toolchain is not None:
            self.why_not = obstacle(self._toolchain)
        elif task.language != OWN_LANGUAGE:
            self.why_not = language.cannot_run or f"no toolchain for {task.language} is known"
        if self.why_not is None:
            self.problems = load_problems(task.data, task.form, task.language, task.name)

    @property
    def count(self) -> int:
        """Number of problems."""
        return len(self.problems)

    def describe(self, count: int) -> object:
        """The first problems as plain data."""
        return [problem.plain() for problem in self.problems[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """A missing toolchain. Raises: SandboxError for a sandbox that judges wrongly."""
        if self.why_not is None:
            self_test(self.task.name, self.problems, self.limits, cores())
        return self.why_not

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Complete some problems and run the completions. Raises: GenerationError, SandboxError."""
        problems = self.problems[start:stop]
        completed = [self._complete(backend, problem) for problem in problems]
        programs = [
            problem.judge(completion.text)
            for problem, timed in zip(problems, completed, strict=True)
            for completion in timed.completions
        ]
        verdicts = check_many(programs, self.limits, cores())
        n = self.task.sampling.n
        return [self._record(problem, completed[at], verdicts[n * at : n * (at + 1)]) for at, problem in enumerate(problems)]

    def _complete(self, backend: Backend, problem: ProgramProblem) -> TimedCompletions:
        """Completions of a problem, up to the end of its function."""
        sampling = self.task.sampling.with_seed(self.task.seed, stop=tuple({*self.task.stop, *problem.ends}))
        prompt = prefix_prompt(backend, problem.question, sampling.max_new_tokens)
        return generate(backend, [prompt], sampling)[0]

    def _record(self, problem: ProgramProblem, timed: TimedCompletions, verdicts: Sequence[Verdict]) -> Record:
        samples = tuple(
            Sample(
                completion=completion.text,
                verdict=verdict.outcome.replace("_", " "),
                reason=verdict.reason,
                seconds=round(timed.seconds + verdict.seconds, 4),
            )
            for completion, verdict in zip(timed.completions, verdicts, strict=True)
        )
        passed = sum(verdict.passed for verdict in verdicts)
        values = {f"pass@{k}": pass_at_k(len(samples), passed, k) for k in self.task.k}
        return Record(id=problem.task_id, group=self.task.language, values=values, samples=samples)

    @property
    def limits(self) -> Limits:
        """Limits of one program."""
        seconds = self.task.timeout_seconds
        return limits_of(self._toolchain, seconds) if self._toolchain else Limits.of_seconds(seconds)
