"""The next line, from the text before it alone: exact match and edit similarity."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from seedbed.core.config.recipe import Positive
from seedbed.evaluation.metrics.estimates import edit_similarity, exact_match
from seedbed.evaluation.prompts import CompletionProblem, Document, TimedCompletions, generate, mean_record, prefix_prompt
from seedbed.evaluation.results import Record, Sample
from seedbed.evaluation.tasks.base import Documents, SamplingSettings, SplitTask
from seedbed.evaluation.tasks.infilling import EXACT, SIMILAR
from seedbed.evaluation.tasks.split import ProblemSelection, SplitProblems, select_problems
from seedbed.models.inference.backend import Backend


class NextLineTask(SplitTask):
    """Write the next line."""

    kind: Literal["next-line"]
    problems: Positive
    sampling: SamplingSettings

    def prepare(self, documents: Documents) -> NextLine:
        """Choose the lines. Raises: InputError when there is no such split."""
        return NextLine(self, documents())


class NextLine(SplitProblems):
    """A next-line task over the files of a split."""

    metrics = (EXACT, SIMILAR)

    def __init__(self, task: NextLineTask, documents: Sequence[Document]) -> None:
        super().__init__(select_problems(documents, ProblemSelection("line", task.problems, task.languages, task.seed)))
        self.task = task

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Complete some lines and judge them."""
        problems, sampling = self.problems[start:stop], self.task.sampling.with_seed(self.task.seed, stop=("\n",))
        prompts = [prefix_prompt(backend, each.prefix, sampling.max_new_tokens, each.path) for each in problems]
        return [_record(*pair) for pair in zip(problems, generate(backend, prompts, sampling), strict=True)]


def _record(problem: CompletionProblem, timed: TimedCompletions) -> Record:
    judged = [_judge(problem, completion.text, timed.seconds) for completion in timed.completions]
    return mean_record(problem.id, problem.language, judged)


def _judge(problem: CompletionProblem, text: str, seconds: float) -> tuple[Sample, dict[str, float]]:
    start = time.perf_counter()
    values = {EXACT.name: exact_match(text, problem.truth), SIMILAR.name: edit_similarity(text, problem.truth)}
    verdict = "exact" if values[EXACT.name] else "different"
    return Sample(completion=text, verdict=verdict, seconds=round(seconds + time.perf_counter() - start, 4)), values
