"""Infilling: the text between a prefix and a suffix; exact match, edit similarity, and whether the file still parses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from seedbed.core.config.recipe import Positive
from seedbed.evaluation.metrics.estimates import edit_similarity, exact_match
from seedbed.evaluation.metrics.syntax import parses_as_well
from seedbed.evaluation.prompts import CompletionProblem, Document, TimedCompletions, generate, mean_record, middle_prompt
from seedbed.evaluation.results import Metric, Record, Sample
from seedbed.evaluation.tasks.base import Documents, SamplingSettings, SplitTask
from seedbed.evaluation.tasks.split import ProblemSelection, SplitProblems, select_problems
from seedbed.models.inference.backend import Backend

EXACT = Metric("exact_match", "share", "higher")
SIMILAR = Metric("edit_similarity", "share", "higher")
PARSES = Metric("parses", "share", "higher")


class InfillingTask(SplitTask):
    """Fill in a line, a span or a function body."""

    kind: Literal["infilling"]
    cut: Literal["line", "span", "function"]
    problems: Positive
    sampling: SamplingSettings

    def prepare(self, documents: Documents) -> Infilling:
        """Cut the files. Raises: InputError when there is no such split."""
        return Infilling(self, documents())


class Infilling(SplitProblems):
    """An infilling task over the files of a split."""

    metrics = (EXACT, SIMILAR, PARSES)

    def __init__(self, task: InfillingTask, documents: Sequence[Document]) -> None:
        super().__init__(select_problems(documents, ProblemSelection(task.cut, task.problems, task.languages, task.seed)))
        self.task = task

    def obstacle(self, backend: Backend) -> str | None:
        """A model that was not trained to fill in the middle is not asked."""
        return None if backend.has_fim else f"{backend.name} was not trained to fill in the middle"

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Complete some problems and judge the completions."""
        line_end = ("\n",) if self.task.cut == "line" else ()
        problems, sampling = self.problems[start:stop], self.task.sampling.with_seed(self.task.seed, stop=line_end)
        new_tokens = sampling.max_new_tokens
        prompts = [middle_prompt(backend, each.prefix, each.suffix, new_tokens, each.path) for each in problems]
        return [_record(*pair) for pair in zip(problems, generate(backend, prompts, sampling), strict=True)]


def _record(problem: CompletionProblem, timed: TimedCompletions) -> Record:
    judged = [_judge(problem, completion.text, timed.seconds) for completion in timed.completions]
    return mean_record(problem.id, problem.language, judged)


def _judge(problem: CompletionProblem, text: str, seconds: float) -> tuple[Sample, dict[str, float]]:
    start = time.perf_counter()
    exact, similar = exact_match(text, problem.truth), edit_similarity(text, problem.truth)
    original = problem.prefix + problem.truth + problem.suffix
    parses = parses_as_well(problem.prefix + text + problem.suffix, original, problem.language, problem.path)
    verdict = "exact" if exact else "parses" if parses else "does not parse"
    sample = Sample(completion=text, verdict=verdict, seconds=round(seconds + time.perf_counter() - start, 4))
    return sample, {EXACT.name: exact, SIMILAR.name: similar, PARSES.name: float(parses)}
