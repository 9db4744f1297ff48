"""What an adapter learns from: a prompt as the model is asked, and the text that was accepted there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

IGNORED: Final = -100
"""A label that no loss is taken of, in torch and trl."""


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids. Shape: prompt [p], completion [c]; the loss is taken of the completion alone."""

    prompt: tuple[int, ...]
    completion: tuple[int, ...]

    @property
    def input_ids(self) -> list[int]:
        """All of it. Shape: [p + c]."""
        return [*self.prompt, *self.completion]

    @property
    def labels(self) -> list[int]:
        """What is learned at each place. Shape: [p + c]."""
        return [IGNORED] * len(self.prompt) + list(self.completion)


def examples_sha256(examples: Sequence[Example]) -> str:
    """Hash of all of them in their order, hexadecimal."""
    return hashlib.sha256(json.dumps([[one.prompt, one.completion] for one in examples]).encode()).hexdigest()


def tokens_of(examples: Iterable[Example]) -> int:
    """Tokens that a loss is taken of."""
    return sum(len(one.completion) for one in examples)
