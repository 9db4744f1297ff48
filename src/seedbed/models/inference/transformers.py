"""A model folder run by transformers in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, PreTrainedModel

from seedbed.core.errors import GenerationError, InputError, one_line
from seedbed.models.inference import vocabulary
from seedbed.models.inference.backend import Cancelled, Completion, Ids, Piece, Sampling, never, room
from seedbed.models.inference.batch import Batch
from seedbed.models.inference.prompts import Prompts
from seedbed.models.inference.rows import Row, joined
from seedbed.models.inference.worker import Worker
from seedbed.models.logging import keep_transformers_quiet

LARGEST_BATCH = 16
"""Completions written together: beyond it a CPU gains little, and who comes next waits longer."""


class TransformersBackend(Prompts):
    """One model, one thread that runs it; requests that wait are written together."""

    def __init__(self, folder: Path, *, context: int | None = None, name: str | None = None) -> None:
        """Load a folder, on a GPU where torch sees one.

        Args: context: tokens, at most what the model was made for; None for all of that.
        Raises: InputError where there is no tokenizer; GenerationError when transformers does not load it.
        """
        words = vocabulary.from_folder(folder)
        self.model = _load(folder)
        longest = int(getattr(self.model.config, "max_position_embeddings", 0) or 2048)
        super().__init__(words, name or folder.name, min(context or longest, longest))
        self._ends = vocabulary.ends(words) | _told_ends(self.model)
        self._worker = Worker(self._write, LARGEST_BATCH, self.name)

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        rows = [
            [Row(prompt, sampling, number, self._room(prompt, sampling), cancelled) for number in range(sampling.n)]
            for prompt in prompts
        ]
        by_length = sorted((row for group in rows for row in group), key=lambda row: len(row.prompt))  # little padding
        self._worker.submit(by_length)
        return [[joined(list(_pieces(row))) for row in group] for group in rows]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        gone = False
        row = Row(prompt, sampling, 0, self._room(prompt, sampling), lambda: gone or cancelled())
        self._worker.submit([row])
        try:
            yield from _pieces(row)
        finally:
            gone = True

    @torch.inference_mode()
    def log_likelihood(self, ids: Ids) -> list[float]:
        if len(ids) > self.context_tokens:
            raise InputError(f"text: {len(ids):,} tokens. Allowed: at most {self.context_tokens:,}, the context of the model.")
        if len(ids) < 2:
            return []
        tokens = torch.tensor([list(ids)], device=self.model.device)
        told = torch.log_softmax(self.model(input_ids=tokens).logits[0, :-1].float(), dim=-1)
        chosen: list[float] = told.gather(1, tokens[0, 1:, None])[:, 0].tolist()
        return chosen

    def close(self) -> None:
        self._worker.close()
        del self.model

    def _write(self, rows: Sequence[Row]) -> None:
        Batch(self.model, self.vocabulary, self._ends).write(rows)

    def _room(self, prompt: Ids, sampling: Sampling) -> int:
        return room(prompt, self.context_tokens, sampling.max_new_tokens)


def _pieces(row: Row) -> Iterator[Piece]:
    """What a row tells, up to its last piece. Raises: what it failed with."""
    while True:
        piece = row.pieces.get()
        if isinstance(piece, Exception):
            raise piece
        yield piece
        if piece.finish_reason:
            return


def _load(folder: Path) -> PreTrainedModel:
    """Full precision on a CPU, which knows no other that is as fast; as saved on a GPU."""
    keep_transformers_quiet()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.float32 if device == "cpu" else "auto"
    try:
        pair: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, output_loading_info=True)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise GenerationError(f"{folder}: transformers does not load it: {one_line(str(error))}.") from error
    model, told = pair
    if missing := sorted(told["missing_keys"]):  # it would draw them at random, and say so to nobody
        named = f"{missing[0]} and {len(missing) - 1:,} more" if missing[1:] else missing[0]
        raise GenerationError(f"{folder}: weights are missing: {named}. Allowed: a model whose weights are all there.")
    loaded: PreTrainedModel = model.to(device).eval()
    return loaded


def _told_ends(model: PreTrainedModel) -> frozenset[int]:
    """Ids that the model's own folder says end a text."""
    told = model.generation_config.eos_token_id if model.generation_config else None
    numbers = told if isinstance(told, list) else [told, model.config.eos_token_id]
    return frozenset(number for number in numbers if isinstance(number, int))
