"""One completion while it is generated: draw the next token, decode it, stop at a stop string."""

from __future__ import annotations

from collections.abc import Sequence
from queue import SimpleQueue
from typing import Final

import torch
from torch import Tensor

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
