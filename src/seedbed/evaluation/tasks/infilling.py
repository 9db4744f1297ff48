"""Infilling: what stood between prefix and suffix; equal, how near, and whether the file parses as well as it did."""

from __future__ import annotations

import time
from collections.abc import Sequence

from seedbed.evaluation.documents import Document
from seedbed.evaluation.metrics.similarity import edit_similarity, exact_match
from seedbed.evaluation.metrics.syntax import parses_as_well
from seedbed.evaluation.prompts import Question, Timed, averaged, generate, middle_prompt
from seedbed.evaluation.results import Metric, Record, Sample
from seedbed.evaluation.sampling import sampling_of
from seedbed.evaluation.task import InfillingTask
from seedbed.evaluation.tasks.split import Choice, OfSplit, questions
from seedbed.models.inference.backend import Backend

EXACT = Metric("exact_match", "share", "higher")
SIMILAR = Metric("edit_similarity", "share", "higher")
PARSES = Metric("parses", "share", "higher")


class Infilling(OfSplit):
    """An infilling task over the files of a split."""

    metrics = (EXACT, SIMILAR, PARSES)

    def __init__(self, task: InfillingTask, documents: Sequence[Document]) -> None:
        super().__init__(questions(documents, Choice(task.cut, task.problems, task.languages, task.seed)))
        self.task = task

    def obstacle(self, backend: Backend) -> str | None:
        """A model that was never asked for a middle is not asked now."""
        return None if backend.has_fim else f"{backend.name} has not learned to fill in the middle"

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Ask for some middles, and judge them."""
        ends = ("\n",) if self.task.cut == "line" else ()
        some, sampling = self.questions[start:stop], sampling_of(self.task, stop=ends)
        prompts = [middle_prompt(backend, one.prefix, one.suffix, sampling.max_new_tokens, one.path) for one in some]
        return [_record(one, told) for one, told in zip(some, generate(backend, prompts, sampling), strict=True)]


def _record(question: Question, told: Timed) -> Record:
    judged = [_judged(question, completion.text, told.seconds) for completion in told.completions]
    return averaged(question.id, question.language, judged)


def _judged(question: Question, text: str, seconds: float) -> tuple[Sample, dict[str, float]]:
    start = time.perf_counter()
    exact, similar = exact_match(text, question.truth), edit_similarity(text, question.truth)
    whole = question.prefix + question.truth + question.suffix
    parses = parses_as_well(question.prefix + text + question.suffix, whole, question.language, question.path)
    verdict = "exact" if exact else "parses" if parses else "does not parse"
    sample = Sample(completion=text, verdict=verdict, seconds=round(seconds + time.perf_counter() - start, 4))
    return sample, {EXACT.name: exact, SIMILAR.name: similar, PARSES.name: float(parses)}
