"""Training examples of an adapter, as token ids: a prompt, and the completion that was accepted after it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

IGNORED: Final = -100
"""Label of a token without a loss, in torch and trl."""


@dataclass(frozen=True, slots=True)
class LoraExample:
    """Token ids. Shape: prompt [p], completion [c]; only the completion has a loss."""

    prompt: tuple[int, ...]
    completion: tuple[int, ...]

    @property
    def input_ids(self) -> list[int]:
        """Prompt and completion. Shape: [p + c]."""
        return [*self.prompt, *self.completion]

    @property
    def labels(self) -> list[int]:
        """`IGNORED` for the prompt, the token ids for the completion. Shape: [p + c]."""
        return [IGNORED] * len(self.prompt) + list(self.completion)


def examples_sha256(examples: Sequence[LoraExample]) -> str:
    """SHA-256 of the examples in their order, hexadecimal."""
    return hashlib.sha256(json.dumps([[example.prompt, example.completion] for example in examples]).encode()).hexdigest()


def tokens_of(examples: Iterable[LoraExample]) -> int:
    """Number of tokens with a loss."""
    return sum(len(example.completion) for example in examples)
