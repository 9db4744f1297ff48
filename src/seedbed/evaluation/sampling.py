"""A task's sampling in the words of the backends."""

from __future__ import annotations

from seedbed.evaluation.task import InfillingTask, NextLineTask, ProgramTask, SyntaxTask
from seedbed.models.inference.backend import Sampling


def sampling_of(task: ProgramTask | InfillingTask | NextLineTask | SyntaxTask, stop: tuple[str, ...] = ()) -> Sampling:
    """How the completions of a task are drawn."""
    told = task.sampling
    return Sampling(
        temperature=told.temperature, top_k=told.top_k, max_new_tokens=told.max_new_tokens, n=told.n, seed=task.seed, stop=stop
    )
