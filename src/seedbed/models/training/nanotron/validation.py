"""Loss on the validation split, for any layout.

nanotron 0.4's own validation_step fails: it computes gradients of a loss from inference mode (engine.py:57, 129).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from nanotron import distributed
from nanotron.parallel.pipeline_parallel.context_manager import attach_pipeline_state_to_model
from nanotron.parallel.pipeline_parallel.state import PipelineTrainBatchState

from seedbed.models.tokens.manifest import VALIDATION
from seedbed.models.training.nanotron.data import Collate, MicroBatch, evenly_spaced, windows
from seedbed.models.training.run import TrainingRun


class Validator:
    """The same windows each time, distributed over the data-parallel ranks."""

    def __init__(self, run: TrainingRun, trainer: Any) -> None:
        context = run.recipe.model.context
        data: Any = windows(Path(run.tokens_folder) / VALIDATION, context, run.tokens.token_bytes)
        group = trainer.parallel_context.dp_pg
        mine = evenly_spaced(len(data), run.recipe.validation.sequences)[distributed.get_rank(group) :: group.size()]
        collate, size = Collate(trainer), run.recipe.batch.micro_sequences
        self._trainer = trainer
        self._batches: list[tuple[int, MicroBatch]] = []
        for start in range(0, len(mine), size):
            part = mine[start : start + size]
            self._batches.append((len(part), collate([data[index] for index in part])))

    def loss(self) -> float | None:
        """Mean loss; None on ranks without the last pipeline stage. Unit: nats per token."""
        model = self._trainer.unwrapped_model
        outputs = forward(model, [batch for _, batch in self._batches])
        if not all(isinstance(output, torch.Tensor) for output in outputs):
            return None
        counts = [count for count, _ in self._batches]
        total = sum(count * float(output) for count, output in zip(counts, outputs, strict=True))
        sums = torch.tensor([total, sum(counts)], dtype=torch.float64, device="cuda")
        distributed.all_reduce(sums, group=self._trainer.parallel_context.dp_pg, op=distributed.ReduceOp.SUM)
        return float(sums[0] / sums[1])


@torch.no_grad()
def forward(model: Any, batches: Sequence[MicroBatch]) -> list[Any]:
    """The loss of each batch, or a pointer to the rank that has it. Unit: nats per token."""
    state = PipelineTrainBatchState()
    outputs = []
    with attach_pipeline_state_to_model(model=model, pipeline_state=state):
        for batch in batches:
            state.new_micro_batch_forward()
            outputs.append(model(**{name: _moved(value) for name, value in batch.items()})["loss"])
            while state.microbatches_activations_to_send:
                state.microbatches_activations_to_send.popleft()()
    state.microbatches_activations_requiring_backward.clear()
    return outputs


def _moved(value: Any) -> Any:
    return value.to("cuda") if isinstance(value, torch.Tensor) else value
