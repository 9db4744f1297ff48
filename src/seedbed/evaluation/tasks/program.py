"""Programs: completions are run against tests in the sandbox; pass@k, estimated without bias."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.core.io.hardware import cores
from seedbed.evaluation import problem_data
from seedbed.evaluation.benchmark_formats import Judged
from seedbed.evaluation.pass_at_k import pass_at_k
from seedbed.evaluation.prompts import Timed, generate, prefix_prompt
from seedbed.evaluation.results import Metric, Record, Sample
from seedbed.evaluation.sampling import sampling_of
from seedbed.evaluation.sandbox import Limits, Verdict, check_many
from seedbed.evaluation.self_test import self_test
from seedbed.evaluation.task import ProgramTask
from seedbed.evaluation.toolchains import REFUSED, TOOLCHAINS
from seedbed.models.inference.backend import Backend


class Programs:
    """A task of programs. Before anything is asked the sandbox is tried: what is known to be right has to pass, stubs to fail."""

    def __init__(self, task: ProgramTask) -> None:
        self.task = task
        self.metrics = tuple(Metric(f"pass@{k}", "share", "higher") for k in task.k)
        self._toolchain = TOOLCHAINS.get(task.language)
        self.why_not: str | None = None
        self.problems: Sequence[Judged] = ()
        if self._toolchain is not None:
            self.why_not = self._toolchain.obstacle()
        elif task.language != "Python":
            self.why_not = REFUSED.get(task.language, f"no toolchain for {task.language} is known")
        if self.why_not is None:
            self.problems = problem_data.read(task)

    @property
    def count(self) -> int:
        """How many problems there are."""
        return len(self.problems)

    def described(self, count: int) -> object:
        """The first problems as plain data."""
        return [one.plain() for one in self.problems[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """The toolchain is missing; a sandbox that judges wrongly is an error instead. Raises: SandboxError."""
        if self.why_not is None:
            self_test(self.task.name, self.problems, self.limits, cores())
        return self.why_not

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Ask some problems, and run what was written."""
        some = self.problems[start:stop]
        told = [self._written(backend, one) for one in some]
        programs = [one.judge(each.text) for one, timed in zip(some, told, strict=True) for each in timed.completions]
        verdicts = check_many(programs, self.limits, cores())
        n = self.task.sampling.n
        return [self._record(one, told[at], verdicts[n * at : n * (at + 1)]) for at, one in enumerate(some)]

    def _written(self, backend: Backend, problem: Judged) -> Timed:
        """Completions of a problem, up to where its function is over."""
        sampling = sampling_of(self.task, stop=tuple({*self.task.stop, *problem.ends}))
        prompt = prefix_prompt(backend, problem.question, sampling.max_new_tokens)
        return generate(backend, [prompt], sampling)[0]

    def _record(self, problem: Judged, told: Timed, verdicts: Sequence[Verdict]) -> Record:
        samples = tuple(
            Sample(
                completion=completion.text,
                verdict=verdict.outcome.replace("_", " "),
                reason=verdict.reason,
                seconds=round(told.seconds + verdict.seconds, 4),
            )
            for completion, verdict in zip(told.completions, verdicts, strict=True)
        )
        passed = sum(verdict.passed for verdict in verdicts)
        values = {f"pass@{k}": pass_at_k(len(samples), passed, k) for k in self.task.k}
        return Record(id=problem.task_id, group=self.task.language, values=values, samples=samples)

    @property
    def limits(self) -> Limits:
        """What one program may use."""
        seconds = self.task.timeout_seconds
        return self._toolchain.limits(seconds) if self._toolchain else Limits.of_seconds(seconds)
