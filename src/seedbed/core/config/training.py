"""A training recipe: data, tokenizer, model, optimizer, batch and layout as data; recipes/README.md gives every key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from seedbed.core.config.recipe import Model, Name, Positive, Share, Words, load

Rate = Annotated[float, Field(gt=0, lt=1)]
Weight = Annotated[float, Field(ge=0)]
Layers = Annotated[int, Field(gt=0, le=1024)]
Width = Annotated[int, Field(gt=0, le=1 << 20)]
Length = Annotated[int, Field(gt=0, le=1 << 24)]
"""Bounds far above any real model: beyond them, counting the parameters takes minutes or overflows."""


class DatasetChoice(Model):
    """A dataset: either a folder, relative to the current folder, or an id on the Hub."""

    path: Words | None = None
    id: Words | None = None
    revision: str | None = None
    config: str = "default"
    text_column: str = "text"

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.path is None) == (self.id is None):
            raise ValueError("either path or id, and not both")
        return self


class Tokenizer(Model):
    """Byte-level BPE, trained on a sample that is balanced over languages."""

    vocabulary_size: Annotated[int, Field(ge=512, lt=1 << 20)]
    sample_bytes: Positive


class Data(Model):
    """How files become sequences: the FIM transformation, and how often each language is sampled.

    `language_temperature` T: a language of n bytes is seen in proportion to n ** (1 / T); 1 leaves the data as it is.
    `language_epochs_max` is the most often that a file is seen in one pass for that.
    """

    fim_rate: Share
    fim_spm_rate: Share
    language_temperature: Annotated[float, Field(ge=1)]
    language_epochs_max: Annotated[float, Field(ge=1)] = 4.0


class Architecture(Model):
    """Shape of a Llama model: counts, widths in features, `context` in tokens."""

    layers: Layers
    hidden: Width
    heads: Width
    kv_heads: Width
    feed_forward: Width
    context: Length
    tie_embeddings: bool

    @model_validator(mode="after")
    def _heads_divide(self) -> Self:
        if self.hidden % self.heads or (self.hidden // self.heads) % 2:
            raise ValueError(f"hidden {self.hidden} must be an even number of features for each of {self.heads} heads")
        if self.heads % self.kv_heads:
            raise ValueError(f"heads {self.heads} must be a multiple of kv_heads {self.kv_heads}")
        return self

    @property
    def head_width(self) -> int:
        """Width of one attention head, in features."""
        return self.hidden // self.heads


class Optimizer(Model):
    """AdamW and its schedule: linear warm-up, then cosine to the end, or stable and a linear decay over the last steps."""

    learning_rate: Rate
    min_learning_rate: Weight
    weight_decay: Weight
    beta1: Rate
    beta2: Rate
    epsilon: Rate
    clip_grad: Annotated[float, Field(gt=0)]
    schedule: Literal["cosine", "warmup_stable_decay"]
    warmup_steps: Annotated[int, Field(ge=0)]
    decay_steps: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.min_learning_rate > self.learning_rate:
            raise ValueError(f"min_learning_rate {self.min_learning_rate} must be at most learning_rate {self.learning_rate}")
        return self


class Batch(Model):
    """Sequences of `model.context` tokens per step over all ranks, and per forward pass of one rank."""

    sequences: Positive
    micro_sequences: Positive


class Parallelism(Model):
    """Ranks by data, tensor and pipeline parallelism; their product is the number of processes."""

    dp: Positive = 1
    tp: Positive = 1
    pp: Positive = 1
    zero1: bool = False

    @property
    def ranks(self) -> int:
        """Number of processes."""
        return self.dp * self.tp * self.pp


class Checkpoints(Model):
    """Interval of checkpoints in steps, and how many of the newest are kept."""

    every_steps: Positive
    keep: Positive


class Validation(Model):
    """Interval of validation in steps, and number of sequences of the validation split."""

    every_steps: Positive
    sequences: Positive


class Hardware(Model):
    """One GPU (or a share of a CPU) for the plan: memory, peak FLOP/s at `precision`, and the share of it that is reached."""

    name: str
    precision: Literal["float32", "bfloat16"]
    memory_bytes: Positive
    peak_flops: Annotated[float, Field(ge=1)]
    utilisation: Rate


class TrainRecipe(Model):
    """A training recipe."""

    section: ClassVar[str] = "train"

    name: Name
    title: Words
    dataset: DatasetChoice
    tokenizer: Tokenizer
    data: Data
    model: Architecture
    optimizer: Optimizer
    batch: Batch
    steps: Positive
    seed: Annotated[int, Field(ge=0, lt=1 << 31)]
    parallelism: Parallelism
    checkpoints: Checkpoints
    validation: Validation
    hardware: Hardware

    @model_validator(mode="after")
    def _schedule_fits(self) -> Self:
        optimizer = self.optimizer
        if optimizer.warmup_steps + optimizer.decay_steps > self.steps:
            raise ValueError(f"optimizer.warmup_steps and decay_steps together must be at most steps ({self.steps})")
        if (optimizer.schedule == "warmup_stable_decay") != (optimizer.decay_steps > 0):
            raise ValueError("optimizer.decay_steps goes with the schedule warmup_stable_decay, and only with it")
        return self

    @property
    def sha256(self) -> str:
        """Hash of the recipe, hexadecimal, without its comments and the order of its keys."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    @property
    def tokens_a_step(self) -> int:
        """Tokens per step, over all ranks."""
        return self.batch.sequences * self.model.context


def load_train_recipe(path: Path) -> TrainRecipe:
    """Read a training recipe.

    Raises: RecipeError when the file is missing, is not YAML, or does not say what a recipe must.
    """
    return load(path, TrainRecipe)
