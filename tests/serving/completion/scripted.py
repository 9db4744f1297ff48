"""A backend that writes given texts in given pieces: characters are its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seedbed.models.inference.backend import Cancelled, Completion, FinishReason, Ids, OtherFile, Piece, Sampling, never


@dataclass(frozen=True)
class ScriptedBackend:
    """Writes `pieces`, whatever the prompt; `finish_reason` comes with the last."""

    pieces: tuple[str, ...]
    finish_reason: FinishReason = "stop"
    name: str = "scripted"
    context_tokens: int = 100_000
    has_fim: bool = True
    has_files: bool = False

    def encode(self, text: str) -> list[int]:
        return list(map(ord, text))

    def decode(self, ids: Ids) -> str:
        return "".join(map(chr, ids))

    def plain_prompt(self, prefix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        return [0, *self.encode(prefix)]

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        return [0, *self.encode(prefix), 1, *self.encode(suffix)]

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        text = "".join(self.pieces)
        completion = Completion(text, tuple(self.encode(text)), (-0.5,) * len(text), self.finish_reason)
        return [[completion] * sampling.n for _ in prompts]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        for number, text in enumerate(self.pieces, 1):
            reason = self.finish_reason if number == len(self.pieces) else None
            yield Piece(text, tuple(self.encode(text)), (-0.5,) * len(text), reason)

    def log_likelihood(self, ids: Ids) -> list[float]:
        return [-0.5] * (len(ids) - 1)

    def close(self) -> None:
        """Nothing to free."""
