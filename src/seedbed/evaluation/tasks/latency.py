"""Latency: milliseconds to the first token and to the whole completion, and tokens per second, one request at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, Literal

from seedbed.core.config.recipe import Positive
from seedbed.evaluation.prompts import CompletionProblem, Document, fit_to_tokens
from seedbed.evaluation.results import Metric, Record, Sample
from seedbed.evaluation.tasks.base import Documents, SplitTask
from seedbed.evaluation.tasks.split import ProblemSelection, SplitProblems, select_problems
from seedbed.models.inference.backend import Backend, Sampling

FIRST = Metric("first_token_ms", "ms", "lower", ("p50", "p95"))
WHOLE = Metric("completion_ms", "ms", "lower", ("p50", "p95"))
SPEED = Metric("tokens_per_s", "tokens/s", "higher")
_SPARE: Final = 3
"""Candidates for each problem, since not every prefix is long enough for the prompt."""


class LatencyTask(SplitTask):
    """How long a completion takes: prompts of `prompt_tokens`, `new_tokens` each."""

    depends_on_machine: ClassVar[bool] = True

    kind: Literal["latency"]
    problems: Positive
    prompt_tokens: Positive
    new_tokens: Positive

    def prepare(self, documents: Documents) -> Latency:
        """Choose the prompts. Raises: InputError when there is no such split."""
        return Latency(self, documents())


class Latency(SplitProblems):
    """A latency task over the files of a split. The first prompt warms the model up and is then timed."""

    metrics = (FIRST, WHOLE, SPEED)

    def __init__(self, task: LatencyTask, documents: Sequence[Document]) -> None:
        selection = ProblemSelection("line", _SPARE * task.problems, task.languages, task.seed)
        long_enough = select_problems(documents, selection, _is_long(task))
        super().__init__(long_enough[: task.problems])
        self.task = task
        self._is_warm = False

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Time some completions."""
        if not self._is_warm and self.problems:
            self._timed(backend, self.problems[start])
            self._is_warm = True
        return [self._timed(backend, problem) for problem in self.problems[start:stop]]

    def _timed(self, backend: Backend, problem: CompletionProblem) -> Record:
        prompt = backend.plain_prompt(fit_to_tokens(problem.prefix, backend.plain_prompt, self.task.prompt_tokens))
        sampling = Sampling(temperature=0, max_new_tokens=self.task.new_tokens, seed=self.task.seed)
        start, first, pieces = time.perf_counter(), 0.0, []
        for piece in backend.stream(prompt, sampling):
            first = first or time.perf_counter() - start
            pieces.append(piece)
        seconds = time.perf_counter() - start
        text = "".join(piece.text for piece in pieces)
        tokens = sum(len(piece.token_ids) for piece in pieces) or len(backend.encode(text))
        return Record(
            id=problem.id,
            group=problem.language,
            values={FIRST.name: 1000 * first, WHOLE.name: 1000 * seconds, SPEED.name: tokens / seconds},
            samples=(Sample(completion=text, verdict=f"{tokens} tokens", seconds=round(seconds, 4)),),
        )


def _is_long(task: LatencyTask) -> Callable[[CompletionProblem], bool]:
    return lambda problem: len(problem.prefix) >= 4 * task.prompt_tokens
