"""Decoding with transformers: a sequence that grows, and batches of them in one thread."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Final

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from seedbed.core.errors import GenerationError
from seedbed.models.inference.backend import Cancelled, Completion, FinishReason, Ids, Piece, Sampling
from seedbed.models.inference.vocabulary import Vocabulary

_REPLACEMENT: Final = "\ufffd"
_LONGEST_CHARACTER: Final = 4
"""Largest number of one-byte tokens that a UTF-8 character may be split into."""


class TokenSequence:
    """Completion number `index` of a prompt. The worker appends tokens; the caller reads `pieces` up to the last one."""

    def __init__(self, prompt: Ids, sampling: Sampling, index: int, new_tokens: int, cancelled: Cancelled) -> None:
        self.prompt = tuple(prompt)
        self.pieces: SimpleQueue[Piece | Exception] = SimpleQueue()
        self._sampling, self._left, self._cancelled = sampling, new_tokens, cancelled
        self._generator = generator(sampling.seed + index)
        self._text: TextStream | None = None
        self.is_over = False

    def append(self, logits: Tensor, log_probabilities: Tensor, vocabulary: Vocabulary, ends: frozenset[int]) -> int:
        """Draw the next token and emit its text. Shape: both [V], float32 on the CPU. Returns: the token id."""
        token = draw(logits, self._sampling, self._generator)
        if token in ends:
            self.end("stop")
            return token
        self._left -= 1
        stream = self._text = self._text or TextStream(vocabulary, self._sampling.stop)
        text = stream.push(token)
        if stream.is_stopped:
            self.pieces.put(Piece(text))
            self.end("stop")
        else:
            self.pieces.put(Piece(text, (token,), (float(log_probabilities[token]),)))
            if not self._left:
                self.end("length")
        return token

    def end_if_cancelled(self) -> None:
        if not self.is_over and self._cancelled():
            self.end("cancelled")

    def end(self, reason: FinishReason) -> None:
        """Emit the rest of the text and the finish reason."""
        self.is_over = True
        self.pieces.put(Piece(self._text.finish() if self._text else "", finish_reason=reason))

    def fail(self, error: Exception) -> None:
        """Pass an error to the caller."""
        if not self.is_over:
            self.is_over = True
            self.pieces.put(error)


def joined(pieces: Sequence[Piece]) -> Completion:
    """The pieces of one completion as a whole."""
    return Completion(
        text="".join(piece.text for piece in pieces),
        token_ids=tuple(number for piece in pieces for number in piece.token_ids),
        log_probabilities=tuple(number for piece in pieces for number in piece.log_probabilities),
        finish_reason=pieces[-1].finish_reason or "cancelled",
    )


def generator(seed: int) -> torch.Generator:
    """Random numbers of one completion; on the CPU, so that every device draws the same ones."""
    return torch.Generator().manual_seed(seed % 2**63)


def draw(logits: Tensor, sampling: Sampling, random: torch.Generator) -> int:
    """Draw a token id: temperature, then top-k, then top-p.

    Shape: logits [V], float32 on the CPU.
    Source: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration" (top-p).
    """
    if sampling.temperature == 0:
        return int(logits.argmax())
    kept = min(sampling.top_k or len(logits), len(logits))
    values, ids = logits.topk(kept)  # sorted, largest first
    probabilities = torch.softmax(values / sampling.temperature, dim=-1)
    if sampling.top_p < 1:
        before = probabilities.cumsum(0) - probabilities
        probabilities[before >= sampling.top_p] = 0.0
    return int(ids[torch.multinomial(probabilities, 1, generator=random)])


class TextStream:
    """Tokens in, text out: whole characters only, and nothing of a stop string."""

    def __init__(self, vocabulary: Vocabulary, stop: Sequence[str]) -> None:
        self._vocabulary, self._stop = vocabulary, tuple(stop)
        self._context: list[int] = []  # decoded before the last tokens: some decoders join words by what precedes them
        self._pending: list[int] = []
        self._held = ""  # may be the beginning of a stop string
        self.is_stopped = False

    def push(self, token: int) -> str:
        """Text that can be emitted after this token; sets `is_stopped` once a stop string is complete."""
        self._pending.append(token)
        new = self._decoded()
        if new.endswith(_REPLACEMENT) and len(self._pending) < _LONGEST_CHARACTER:
            return ""
        self._context, self._pending = self._pending, []
        return self._emitted(self._held + new)

    def finish(self) -> str:
        """The rest of the text when no more tokens come."""
        left = self._held + (self._decoded() if self._pending else "")
        self._held, self._pending = "", []
        return "" if self.is_stopped else left

    def _decoded(self) -> str:
        before = self._vocabulary.decode(self._context) if self._context else ""
        return self._vocabulary.decode([*self._context, *self._pending])[len(before) :]

    def _emitted(self, text: str) -> str:
        """Prefix of a text that cannot become part of a stop string."""
        starts = [at for stop in self._stop if (at := text.find(stop)) >= 0]
        if starts:
            self.is_stopped, self._held = True, ""
            return text[: min(starts)]
        held = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]


def _overlap(text: str, stop: str) -> int:
    """Length of the longest suffix of a text that is a prefix of a stop string.

    >>> _overlap("a\\n\\n", "\\n\\nclass"), _overlap("abc", "x")
    (2, 0)
    """
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)


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
