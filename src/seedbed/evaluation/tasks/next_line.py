"""The next line, from what is before it alone: equal, and how near."""

from __future__ import annotations

import time
from collections.abc import Sequence

from seedbed.evaluation.documents import Document
from seedbed.evaluation.metrics.similarity import edit_similarity, exact_match
from seedbed.evaluation.prompts import Question, Timed, averaged, generate, prefix_prompt
from seedbed.evaluation.results import Record, Sample
from seedbed.evaluation.sampling import sampling_of
from seedbed.evaluation.task import NextLineTask
from seedbed.evaluation.tasks.infilling import EXACT, SIMILAR
from seedbed.evaluation.tasks.split import Choice, OfSplit, questions
from seedbed.models.inference.backend import Backend


class NextLine(OfSplit):
    """A next-line task over the files of a split."""

    metrics = (EXACT, SIMILAR)

    def __init__(self, task: NextLineTask, documents: Sequence[Document]) -> None:
        super().__init__(questions(documents, Choice("line", task.problems, task.languages, task.seed)))
        self.task = task

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Ask for some lines, and judge them."""
        some, sampling = self.questions[start:stop], sampling_of(self.task, stop=("\n",))
        prompts = [prefix_prompt(backend, one.prefix, sampling.max_new_tokens, one.path) for one in some]
        return [_record(one, told) for one, told in zip(some, generate(backend, prompts, sampling), strict=True)]


def _record(question: Question, told: Timed) -> Record:
    return averaged(question.id, question.language, [_judged(question, one.text, told.seconds) for one in told.completions])


def _judged(question: Question, text: str, seconds: float) -> tuple[Sample, dict[str, float]]:
    start = time.perf_counter()
    values = {EXACT.name: exact_match(text, question.truth), SIMILAR.name: edit_similarity(text, question.truth)}
    verdict = "exact" if values[EXACT.name] else "different"
    return Sample(completion=text, verdict=verdict, seconds=round(seconds + time.perf_counter() - start, 4)), values
