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
from seedbed.models.inference.backend import Cancelled, Completion, Ids, Piece, Sampling, never, tokens_left
from seedbed.models.inference.decoding import BatchWorker, DecodingBatch, TokenSequence, joined
from seedbed.models.inference.vocabulary import TokenPrompts
from seedbed.models.logging import keep_transformers_quiet

LARGEST_BATCH = 16
"""Sequences decoded together: a larger batch gains little on a CPU, and the next request waits longer."""


class TransformersBackend(TokenPrompts):
    """One model and one thread that runs it; waiting requests are decoded as one batch."""

    def __init__(self, folder: Path, *, context: int | None = None, name: str | None = None) -> None:
        """Load a folder, on a GPU where torch sees one.

        Args: context: in tokens, at most that of the model; None for all of it.
        Raises: InputError where there is no tokenizer; GenerationError when transformers does not load it.
        """
        words = vocabulary.from_folder(folder)
        self.model = _load(folder)
        longest = int(getattr(self.model.config, "max_position_embeddings", 0) or 2048)
        super().__init__(words, name or folder.name, min(context or longest, longest))
        self._ends = vocabulary.ends(words) | _configured_ends(self.model)
        self._worker = BatchWorker(self._decode, LARGEST_BATCH, self.name)

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        sequences = [[self._sequence(prompt, sampling, number, cancelled) for number in range(sampling.n)] for prompt in prompts]
        everything = (sequence for of_prompt in sequences for sequence in of_prompt)
        self._worker.submit(sorted(everything, key=lambda sequence: len(sequence.prompt)))  # like lengths: little padding
        return [[joined(list(_pieces(sequence))) for sequence in of_prompt] for of_prompt in sequences]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        is_closed = False
        sequence = self._sequence(prompt, sampling, 0, lambda: is_closed or cancelled())
        self._worker.submit([sequence])
        try:
            yield from _pieces(sequence)
        finally:
            is_closed = True

    @torch.inference_mode()
    def log_likelihood(self, ids: Ids) -> list[float]:
        """Log-likelihood of each token after the first, in nats. Raises: InputError for a text longer than the context."""
        if len(ids) > self.context_tokens:
            raise InputError(f"text: {len(ids):,} tokens. Allowed: at most {self.context_tokens:,}, the context of the model.")
        if len(ids) < 2:
            return []
        tokens = torch.tensor([list(ids)], device=self.model.device)
        log_probabilities = torch.log_softmax(self.model(input_ids=tokens).logits[0, :-1].float(), dim=-1)
        of_tokens: list[float] = log_probabilities.gather(1, tokens[0, 1:, None])[:, 0].tolist()
        return of_tokens

    def close(self) -> None:
        self._worker.close()
        del self.model

    def _decode(self, sequences: Sequence[TokenSequence]) -> None:
        DecodingBatch(self.model, self.vocabulary, self._ends).decode(sequences)

    def _sequence(self, prompt: Ids, sampling: Sampling, number: int, cancelled: Cancelled) -> TokenSequence:
        new_tokens = tokens_left(prompt, self.context_tokens, sampling.max_new_tokens)
        return TokenSequence(prompt, sampling, number, new_tokens, cancelled)


def _pieces(sequence: TokenSequence) -> Iterator[Piece]:
    """Pieces of a sequence up to the last. Raises: GenerationError where it failed."""
    while True:
        piece = sequence.pieces.get()
        if isinstance(piece, Exception):
            raise piece
        yield piece
        if piece.finish_reason:
            return


def _load(folder: Path) -> PreTrainedModel:
    """Load in fp32 on a CPU, where narrower types are slower; on a GPU in the type of the files."""
    keep_transformers_quiet()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.float32 if device == "cpu" else "auto"
    try:
        pair: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, output_loading_info=True)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise GenerationError(f"{folder}: transformers does not load it: {one_line(str(error))}.") from error
    model, report = pair
    if missing := sorted(report["missing_keys"]):  # transformers would draw them at random
        named = f"{missing[0]} and {len(missing) - 1:,} more" if missing[1:] else missing[0]
        raise GenerationError(f"{folder}: weights are missing: {named}. Allowed: a folder with all weights.")
    loaded: PreTrainedModel = model.to(device).eval()
    return loaded


def _configured_ends(model: PreTrainedModel) -> frozenset[int]:
    """End-of-text ids in the model's configuration files."""
    configured = model.generation_config.eos_token_id if model.generation_config else None
    numbers = configured if isinstance(configured, list) else [configured, model.config.eos_token_id]
    return frozenset(number for number in numbers if isinstance(number, int))
