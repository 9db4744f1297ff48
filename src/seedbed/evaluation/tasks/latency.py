"""Latency: seconds to the first token and tokens a second, one request at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from seedbed.evaluation.documents import Document
from seedbed.evaluation.prompts import Question, shortened
from seedbed.evaluation.results import Metric, Record, Sample
from seedbed.evaluation.task import LatencyTask
from seedbed.evaluation.tasks.split import Choice, OfSplit, questions
from seedbed.models.inference.backend import Backend, Sampling

FIRST = Metric("first_token_ms", "ms", "lower", ("p50", "p95"))
WHOLE = Metric("completion_ms", "ms", "lower", ("p50", "p95"))
SPEED = Metric("tokens_per_s", "tokens/s", "higher")
_SPARE: Final = 3
"""Not every prefix is as long as the prompts have to be."""


class Latency(OfSplit):
    """A latency task over the files of a split. The model is warmed up by the first prompt, which is then asked again."""

    metrics = (FIRST, WHOLE, SPEED)

    def __init__(self, task: LatencyTask, documents: Sequence[Document]) -> None:
        choice = Choice("line", _SPARE * task.problems, task.languages, task.seed)
        long_enough = questions(documents, choice, _is_long(task))
        super().__init__(long_enough[: task.problems])
        self.task = task
        self._is_warm = False

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Time some completions."""
        if not self._is_warm and self.questions:
            self._timed(backend, self.questions[start])
            self._is_warm = True
        return [self._timed(backend, one) for one in self.questions[start:stop]]

    def _timed(self, backend: Backend, question: Question) -> Record:
        prompt = backend.plain_prompt(shortened(question.prefix, backend.plain_prompt, self.task.prompt_tokens))
        sampling = Sampling(temperature=0, max_new_tokens=self.task.new_tokens, seed=self.task.seed)
        start, first, pieces = time.perf_counter(), 0.0, []
        for piece in backend.stream(prompt, sampling):
            first = first or time.perf_counter() - start
            pieces.append(piece)
        seconds = time.perf_counter() - start
        text = "".join(piece.text for piece in pieces)
        tokens = sum(len(piece.token_ids) for piece in pieces) or len(backend.encode(text))
        return Record(
            id=question.id,
            group=question.language,
            values={FIRST.name: 1000 * first, WHOLE.name: 1000 * seconds, SPEED.name: tokens / seconds},
            samples=(Sample(completion=text, verdict=f"{tokens} tokens", seconds=round(seconds, 4)),),
        )


def _is_long(task: LatencyTask) -> Callable[[Question], bool]:
    return lambda question: len(question.prefix) >= 4 * task.prompt_tokens
