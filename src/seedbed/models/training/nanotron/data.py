"""Batches of token files for nanotron, for training and validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from datatrove.utils.dataset import DatatroveFolderDataset
from nanotron import distributed
from nanotron.dataloader import DataCollatorForCLM
from nanotron.parallel.pipeline_parallel.context_manager import attach_pipeline_state_to_model
from nanotron.parallel.pipeline_parallel.state import PipelineTrainBatchState
from nanotron.parallel.pipeline_parallel.utils import get_input_output_pp_ranks
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from seedbed.core.errors import InputError
from seedbed.models.tokens.manifest import VALIDATION
from seedbed.models.training.run import TrainingRun

MicroBatch = dict[str, Any]


def windows(folder: Path, context: int, token_bytes: int) -> Dataset[dict[str, Tensor]]:
    """Windows of context + 1 tokens of a split.

    Raises: InputError when the folder holds none.
    """
    try:
        data = DatatroveFolderDataset(str(folder), seq_len=context, filename_pattern="*.ds", token_size=token_bytes)
    except FileNotFoundError as error:
        raise InputError(f"{folder}: no token files there. Run `seedbed tokenize` again.") from error
    if not len(data):
        raise InputError(f"{folder}: no file of {context + 1:,} tokens. Allowed: more data, a smaller model.context.")
    return data  # type: ignore[no-any-return]


class Order(Sampler[int]):
    """Endless numbers of windows from sample `consumed` on, reshuffled in each epoch.

    Sample i of the run depends only on i and the seed; rank r of dp takes the samples r, r + dp, ...
    """

    def __init__(self, count: int, seed: int, *, rank: int = 0, ranks: int = 1, consumed: int = 0) -> None:
        super().__init__()
        self.count, self.seed, self.rank, self.ranks, self.consumed = count, seed, rank, ranks, consumed

    def __iter__(self) -> Iterator[int]:
        sample, shuffled, epoch = self.consumed + self.rank, torch.empty(0), -1
        while True:
            if sample // self.count != epoch:
                epoch = sample // self.count
                generator = torch.Generator(device="cpu").manual_seed(self.seed + epoch)
                shuffled = torch.randperm(self.count, generator=generator)
            yield int(shuffled[sample % self.count])
            sample += self.ranks


def evenly_spaced(windows: int, wanted: int) -> list[int]:
    """Numbers of at most `wanted` windows, evenly spaced over the split: (10, 4) -> [0, 2, 5, 7]."""
    count = min(windows, wanted)
    return [index * windows // count for index in range(count)]


class Collate:
    """Examples to nanotron's batch: inputs on the first pipeline stage, labels on the last, pointers on the others."""

    def __init__(self, trainer: Any) -> None:
        first, last = get_input_output_pp_ranks(model=trainer.unwrapped_model)
        context = trainer.parallel_context
        self.is_between = distributed.get_rank(context.pp_pg) not in (first, last)
        self.collate = DataCollatorForCLM(
            sequence_length=trainer.sequence_length, input_pp_rank=first, output_pp_rank=last, parallel_context=context
        )

    def __call__(self, examples: Sequence[dict[str, Tensor]]) -> MicroBatch:
        if self.is_between:
            return dict(self.collate([{} for _ in examples]))
        return dict(self.collate([{"input_ids": example["input_ids"].numpy()} for example in examples]))


def batches(trainer: Any) -> Iterator[MicroBatch]:
    """Micro-batches of this rank for `trainer.train`, starting where its checkpoint stopped.

    Raises: InputError when there are fewer windows than one step takes.
    """
    choice, context = trainer.config.data, trainer.parallel_context
    data: Any = windows(Path(choice.dataset.dataset_folder), trainer.sequence_length, choice.dataset.token_size)
    if len(data) < trainer.global_batch_size:
        raise InputError(
            f"{choice.dataset.dataset_folder}: {len(data):,} windows of {trainer.sequence_length + 1:,} tokens, one step takes "
            f"{trainer.global_batch_size:,}. Allowed: more data, a smaller batch.sequences or model.context."
        )
    group = context.dp_pg
    order = Order(
        len(data),
        choice.seed,
        rank=distributed.get_rank(group),
        ranks=group.size(),
        consumed=trainer.consumed_train_samples,
    )
    return iter(
        DataLoader(
            data,
            batch_size=trainer.micro_batch_size,
            sampler=order,
            collate_fn=Collate(trainer),
            num_workers=choice.num_loading_workers,
            pin_memory=torch.cuda.is_available(),
        )
    )


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
