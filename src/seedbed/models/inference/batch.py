"""A batch of completions, one step for all at a time: each distinct prompt is read once, keys and values are kept."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from seedbed.models.inference.rows import Row, left_padded
from seedbed.models.inference.vocabulary import Vocabulary


class Batch:
    """Rows that are written together until the last of them is over."""

    def __init__(self, model: PreTrainedModel, vocabulary: Vocabulary, ends: frozenset[int]) -> None:
        self._model, self._vocabulary, self._ends = model, vocabulary, ends
        self._cache = DynamicCache(config=model.config)

    @torch.inference_mode()
    def write(self, rows: Sequence[Row]) -> None:
        """Write all rows. A row that ends, or that nobody wants any more, leaves the batch at the next step."""
        rows = _wanted(rows)
        if not rows:
            return
        logits, mask = self._read(rows)
        while True:
            ids = self._taken(rows, logits)
            keep = [number for number, row in enumerate(rows) if not row.is_over]
            if not keep:
                return
            if len(keep) < len(rows):
                rows, ids, mask = [rows[number] for number in keep], ids[keep], mask[keep]
                self._cache.batch_select_indices(torch.tensor(keep, device=self._model.device))
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
            logits = self._step(ids[:, None], mask)

    def _read(self, rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
        """Read each distinct prompt once, then give every row its own copy. Shape: logits [B, V], mask [B, T]."""
        prompts = list(dict.fromkeys(row.prompt for row in rows))
        ids, mask = left_padded(prompts, padding=0)
        logits = self._step(ids, mask)
        of_row = torch.tensor([prompts.index(row.prompt) for row in rows])
        if len(prompts) < len(rows):
            self._cache.batch_select_indices(of_row.to(self._model.device))
        return logits[of_row], mask[of_row]

    def _step(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits behind the last tokens. Shape: ids [B, S], mask [B, T] of all so far -> [B, V], float32 on the CPU."""
        device = self._model.device
        positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        out = self._model(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            position_ids=positions.to(device),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = out.logits[:, -1].float().cpu()
        return logits

    def _taken(self, rows: Sequence[Row], logits: Tensor) -> Tensor:
        """The next token of each row. Shape: logits [B, V] -> [B]."""
        log_probabilities = torch.log_softmax(logits, dim=-1)
        for row in rows:
            row.end_if_cancelled()
        drawn = [
            0 if row.is_over else row.take(logits[number], log_probabilities[number], self._vocabulary, self._ends)
            for number, row in enumerate(rows)
        ]
        return torch.tensor(drawn)


def _wanted(rows: Sequence[Row]) -> list[Row]:
    for row in rows:
        row.end_if_cancelled()
    return [row for row in rows if not row.is_over]
