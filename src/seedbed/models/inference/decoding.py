"""Batched decoding: one thread owns the model and decodes the sequences that wait, one token for all at a time."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Thread

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from seedbed.core.errors import GenerationError
from seedbed.models.inference.token_sequence import TokenSequence
from seedbed.models.inference.vocabulary import Vocabulary


class BatchWorker:
    """Decodes at most `largest` waiting sequences at a time, first come, first served."""

    def __init__(self, decode: Callable[[Sequence[TokenSequence]], None], largest: int, name: str) -> None:
        self._decode, self._largest, self._name = decode, largest, name
        self._waiting: deque[TokenSequence] = deque()
        self._changed = Condition()
        self._is_closed = False
        self._thread = Thread(target=self._run, name=f"seedbed {name}", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a thread inside torch while the interpreter exits aborts the process

    def submit(self, sequences: Sequence[TokenSequence]) -> None:
        """Queue sequences. Raises: GenerationError once the worker is closed."""
        with self._changed:
            if self._is_closed:
                raise GenerationError(f"{self._name}: the model is closed.")
            self._waiting.extend(sequences)
            self._changed.notify()

    def close(self) -> None:
        """End after the current batch; sequences that still wait fail with GenerationError."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()
        atexit.unregister(self.close)

    def _run(self) -> None:
        while sequences := self._next():
            try:
                self._decode(sequences)
            except Exception as error:  # noqa: BLE001 - the thread must survive; every caller gets the error
                for sequence in sequences:
                    sequence.fail(GenerationError(f"{self._name}: the model failed: {type(error).__name__}: {error}."))

    def _next(self) -> list[TokenSequence]:
        """The next batch; empty once the worker is closed."""
        with self._changed:
            while not self._waiting and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                for sequence in self._waiting:
                    sequence.fail(GenerationError(f"{self._name}: the model is closed."))
                return []
            return [self._waiting.popleft() for _ in range(min(self._largest, len(self._waiting)))]


class DecodingBatch:
    """Sequences decoded together with one key/value cache; each distinct prompt is read once."""

    def __init__(self, model: PreTrainedModel, vocabulary: Vocabulary, ends: frozenset[int]) -> None:
        self._model, self._vocabulary, self._ends = model, vocabulary, ends
        self._cache = DynamicCache(config=model.config)

    @torch.inference_mode()
    def decode(self, sequences: Sequence[TokenSequence]) -> None:
        """Decode until every sequence is over. One that ends or is cancelled leaves the batch at the next step."""
        sequences = _not_over(sequences)
        if not sequences:
            return
        logits, mask = self._read(sequences)
        while True:
            ids = self._append(sequences, logits)
            keep = [number for number, sequence in enumerate(sequences) if not sequence.is_over]
            if not keep:
                return
            if len(keep) < len(sequences):
                sequences, ids, mask = [sequences[number] for number in keep], ids[keep], mask[keep]
                self._cache.batch_select_indices(torch.tensor(keep, device=self._model.device))
            mask = torch.cat([mask, mask.new_ones(len(sequences), 1)], dim=1)
            logits = self._step(ids[:, None], mask)

    def _read(self, sequences: Sequence[TokenSequence]) -> tuple[Tensor, Tensor]:
        """Read each distinct prompt once, then copy its cache to every sequence. Shape: logits [B, V], mask [B, T]."""
        prompts = list(dict.fromkeys(sequence.prompt for sequence in sequences))
        ids, mask = left_padded(prompts, padding=0)
        logits = self._step(ids, mask)
        rows = torch.tensor([prompts.index(sequence.prompt) for sequence in sequences])
        if len(prompts) < len(sequences):
            self._cache.batch_select_indices(rows.to(self._model.device))
        return logits[rows], mask[rows]

    def _step(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits after the last tokens. Shape: ids [B, S], mask [B, T] of all tokens so far -> [B, V], float32 on the CPU."""
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

    def _append(self, sequences: Sequence[TokenSequence], logits: Tensor) -> Tensor:
        """Append a token to each sequence. Shape: logits [B, V] -> token ids [B]."""
        log_probabilities = torch.log_softmax(logits, dim=-1)
        for sequence in sequences:
            sequence.end_if_cancelled()
        drawn = [
            0 if sequence.is_over else sequence.append(logits[row], log_probabilities[row], self._vocabulary, self._ends)
            for row, sequence in enumerate(sequences)
        ]
        return torch.tensor(drawn)


def left_padded(prompts: Sequence[tuple[int, ...]], padding: int) -> tuple[Tensor, Tensor]:
    """Prompts padded on the left, and the mask of what is not padding. Shape: both [B, T], int64."""
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), padding)
    mask = torch.zeros((len(prompts), longest), dtype=torch.long)
    for number, prompt in enumerate(prompts):
        ids[number, longest - len(prompt) :] = torch.tensor(prompt)
        mask[number, longest - len(prompt) :] = 1
    return ids, mask


def _not_over(sequences: Sequence[TokenSequence]) -> list[TokenSequence]:
    for sequence in sequences:
        sequence.end_if_cancelled()
    return [sequence for sequence in sequences if not sequence.is_over]
