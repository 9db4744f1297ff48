"""Syntax of completions: whether a completion inside a function can be the beginning of a program that parses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, Literal

from seedbed.core.config.recipe import Positive
from seedbed.core.syntax import named
from seedbed.evaluation.metrics.syntax import function_end, may_go_on, parses
from seedbed.evaluation.prompts import CompletionProblem, Document, TimedCompletions, generate, mean_record, prefix_prompt
from seedbed.evaluation.results import Record, Sample
from seedbed.evaluation.tasks.base import Documents, SamplingSettings, SplitTask
from seedbed.evaluation.tasks.infilling import PARSES
from seedbed.evaluation.tasks.split import ProblemSelection, SplitProblems, select_problems
from seedbed.models.inference.backend import Backend

ACCEPTED: Final = "parses"
"""Verdict of a completion that parses."""
_TRUE_LINES: Final = 8
"""A problem is used only if its own next lines are accepted: about as many as 64 tokens."""


class SyntaxTask(SplitTask):
    """Write on, so that it parses."""

    kind: Literal["syntax"]
    problems: Positive
    sampling: SamplingSettings

    def prepare(self, documents: Documents) -> Syntax:
        """Choose the places. Raises: InputError when there is no such split."""
        return Syntax(self, documents())


class Syntax(SplitProblems):
    """A syntax task over the files of a split."""

    metrics = (PARSES,)

    def __init__(self, task: SyntaxTask, documents: Sequence[Document]) -> None:
        selection = ProblemSelection("line", task.problems, task.languages, task.seed)
        super().__init__(select_problems(documents, selection, _truth_is_accepted))
        self.task = task

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Complete some problems and judge the completions."""
        problems, sampling = self.problems[start:stop], self.task.sampling.with_seed(self.task.seed)
        prompts = [prefix_prompt(backend, each.prefix, sampling.max_new_tokens, each.path) for each in problems]
        return [_record(*pair) for pair in zip(problems, generate(backend, prompts, sampling), strict=True)]


def is_accepted(problem: CompletionProblem, completion: str) -> bool:
    """Whether a completion parses as far as its whole lines go; in a language with braces up to the end of the function.

    Where indentation ends a block, the text is judged with the file before it; elsewhere from the start of the function, so that
    macros elsewhere in the file do not count.
    """
    if named(problem.language).blocks == "indentation":
        return may_go_on(problem.prefix + _whole_lines(completion), problem.language)
    before = problem.around + problem.prefix[problem.scope :]
    text = before + _whole_lines(completion)
    inside = 1 if problem.around else 0
    end = function_end(text, len(before), problem.language, problem.path, inside=inside)
    if end is None:
        return may_go_on(text, problem.language, problem.path)
    return parses(text[:end] + "\n" + "}" * inside, problem.language, problem.path)


def _whole_lines(completion: str) -> str:
    """A completion without its last, unfinished line; one that is a single line is judged whole."""
    return completion[: completion.rfind("\n") + 1] if completion.strip().count("\n") else completion + "\n"


def _truth_is_accepted(problem: CompletionProblem) -> bool:
    lines = (problem.truth + problem.suffix).splitlines(keepends=True)
    return is_accepted(problem, "".join(lines[:_TRUE_LINES]))


def _record(problem: CompletionProblem, timed: TimedCompletions) -> Record:
    judged = [_judge(problem, completion.text, timed.seconds) for completion in timed.completions]
    return mean_record(problem.id, problem.language, judged)


def _judge(problem: CompletionProblem, text: str, seconds: float) -> tuple[Sample, dict[str, float]]:
    start = time.perf_counter()
    accepted = is_accepted(problem, text)
    verdict = ACCEPTED if accepted else "does not parse"
    sample = Sample(completion=text, verdict=verdict, seconds=round(seconds + time.perf_counter() - start, 4))
    return sample, {PARSES.name: float(accepted)}
