"""Settings of a LoRA adapter, and the examples that it is trained on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from seedbed.core.config.recipe import Model, Positive, Share

SECTION = "fine-tuning"
_HEAD = "lm_head"


class LoraSettings(Model):
    """Shape of the adapter: two matrices of rank `r` beside each target module, their product scaled by alpha / r.

    Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models".
    """

    section: ClassVar[str] = SECTION

    r: Positive
    alpha: Positive
    dropout: Annotated[float, Field(ge=0, lt=1)]
    target_modules: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _no_head(self) -> Self:
        if _HEAD in self.target_modules:
            raise ValueError(f"{_HEAD} cannot have an adapter here: trl's loss would never train it")
        return self


class TrainingSettings(Model):
    """AdamW with a linear warm-up over the share `warmup` of the steps and a cosine decay to 0.

    `plain_share` of the texts are left-to-right examples, without their suffix. For each text, `replay` windows of the
    dataset's own training files are added.
    """

    section: ClassVar[str] = SECTION

    epochs: Positive
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    weight_decay: Annotated[float, Field(ge=0)]
    warmup: Share
    batch: Positive
    plain_share: Share
    replay: Annotated[float, Field(ge=0, le=10)]
    checkpoint_steps: Positive
    seed: Annotated[int, Field(ge=0, lt=1 << 31)]


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
