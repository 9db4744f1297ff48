"""Syntax of completions: whether what is written next, inside a function, can be the beginning of a program."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from seedbed.evaluation.documents import Document
from seedbed.evaluation.metrics.syntax import function_end, may_go_on, parses
from seedbed.evaluation.prompts import Question, Timed, averaged, generate, prefix_prompt
from seedbed.evaluation.results import Record, Sample
from seedbed.evaluation.sampling import sampling_of
from seedbed.evaluation.task import SyntaxTask
from seedbed.evaluation.tasks.infilling import PARSES
from seedbed.evaluation.tasks.split import Choice, OfSplit, questions
from seedbed.models.inference.backend import Backend

ACCEPTED: Final = "parses"
"""Verdict of a completion that does."""
_TRUE_LINES: Final = 8
"""What stands there goes on for so many lines, and has to be accepted itself: about what 64 tokens are."""


class Syntax(OfSplit):
    """A syntax task over the files of a split."""

    metrics = (PARSES,)

    def __init__(self, task: SyntaxTask, documents: Sequence[Document]) -> None:
        super().__init__(questions(documents, Choice("line", task.problems, task.languages, task.seed), _truth_is_accepted))
        self.task = task

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Ask for some completions, and judge them."""
        some, sampling = self.questions[start:stop], sampling_of(self.task)
        prompts = [prefix_prompt(backend, one.prefix, sampling.max_new_tokens, one.path) for one in some]
        return [_record(one, told) for one, told in zip(some, generate(backend, prompts, sampling), strict=True)]


def is_accepted(question: Question, completion: str) -> bool:
    """Whether a completion parses as far as its whole lines go; in a language with braces up to the end of the function.

    Python is judged with the file before it, which tells the indentation; other languages from the function's start on, so
    that macros elsewhere in the file do not count.
    """
    if question.language == "Python":
        return may_go_on(question.prefix + _whole_lines(completion), question.language)
    before = question.around + question.prefix[question.scope :]
    text = before + _whole_lines(completion)
    inside = 1 if question.around else 0
    end = function_end(text, len(before), question.language, question.path, inside=inside)
    if end is None:
        return may_go_on(text, question.language, question.path)
    return parses(text[:end] + "\n" + "}" * inside, question.language, question.path)


def _whole_lines(completion: str) -> str:
    """A completion without its last, unfinished line; one that is a single line is judged whole."""
    return completion[: completion.rfind("\n") + 1] if completion.strip().count("\n") else completion + "\n"


def _truth_is_accepted(question: Question) -> bool:
    lines = (question.truth + question.suffix).splitlines(keepends=True)
    return is_accepted(question, "".join(lines[:_TRUE_LINES]))


def _record(question: Question, told: Timed) -> Record:
    return averaged(question.id, question.language, [_judged(question, one.text, told.seconds) for one in told.completions])


def _judged(question: Question, text: str, seconds: float) -> tuple[Sample, dict[str, float]]:
    start = time.perf_counter()
    parses = is_accepted(question, text)
    sample = Sample(
        completion=text,
        verdict=ACCEPTED if parses else "does not parse",
        seconds=round(seconds + time.perf_counter() - start, 4),
    )
    return sample, {PARSES.name: float(parses)}
