"""One completion on its way: what was drawn, what is told of it, when it is over."""

from __future__ import annotations

from queue import SimpleQueue

import torch
from torch import Tensor

from seedbed.models.inference.backend import Cancelled, Completion, FinishReason, Ids, Piece, Sampling
from seedbed.models.inference.text_stream import TextStream
from seedbed.models.inference.token_choice import draw, generator
from seedbed.models.inference.vocabulary import Vocabulary


class Row:
    """A prompt and its completion number `index`. The worker pushes tokens; whoever asked reads `pieces` until the last."""

    def __init__(self, prompt: Ids, sampling: Sampling, index: int, new_tokens: int, cancelled: Cancelled) -> None:
        self.prompt = tuple(prompt)
        self.pieces: SimpleQueue[Piece | Exception] = SimpleQueue()
        self._sampling, self._left, self._cancelled = sampling, new_tokens, cancelled
        self._chance = generator(sampling.seed + index)
        self._text: TextStream | None = None
        self.is_over = False

    def take(self, logits: Tensor, log_probabilities: Tensor, vocabulary: Vocabulary, ends: frozenset[int]) -> int:
        """Draw the next token and tell it; the id is what the model is shown next. Shape: both [V], float32 on the CPU."""
        token = draw(logits, self._sampling, self._chance)
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
        """Tell what is left of the text, and why it is all."""
        self.is_over = True
        self.pieces.put(Piece(self._text.finish() if self._text else "", finish_reason=reason))

    def fail(self, error: Exception) -> None:
        """Hand an error to whoever reads."""
        if not self.is_over:
            self.is_over = True
            self.pieces.put(error)


def joined(pieces: list[Piece]) -> Completion:
    """All pieces of one completion as a whole."""
    return Completion(
        text="".join(piece.text for piece in pieces),
        token_ids=tuple(number for piece in pieces for number in piece.token_ids),
        log_probabilities=tuple(number for piece in pieces for number in piece.log_probabilities),
        finish_reason=pieces[-1].finish_reason or "cancelled",
    )


def left_padded(prompts: list[tuple[int, ...]], padding: int) -> tuple[Tensor, Tensor]:
    """Prompts of a batch, ending together, and where they are not padding. Shape: both [B, T], int64."""
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), padding)
    mask = torch.zeros((len(prompts), longest), dtype=torch.long)
    for number, prompt in enumerate(prompts):
        ids[number, longest - len(prompt) :] = torch.tensor(prompt)
        mask[number, longest - len(prompt) :] = 1
    return ids, mask
