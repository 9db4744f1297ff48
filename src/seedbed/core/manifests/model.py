"""What a model folder says about itself: model.json, the only thing that its card is made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, Literal

from pydantic import JsonValue, ValidationError

from seedbed.core.errors import ManifestError
from seedbed.core.io.atomic import write_atomic
from seedbed.core.manifests.dataset import Model, RecipeFacts, Software
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.scores import ScoreSheet

FILE_NAME: Final = "model.json"


class Architecture(Model):
    """A Llama: counts, widths in features, `context` in tokens; `dtype` is the type of the published weights."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    feed_forward: int
    context: int
    vocabulary: int
    tie_embeddings: bool
    rope_theta: float
    dtype: str


class TrainedLanguage(Model):
    """One language of the training data: files and bytes of its text, and how often each was seen in one pass."""

    name: str
    files: int
    bytes: int
    epochs: float


class LicenseShare(Model):
    """Files of the dataset under one license expression."""

    expression: str
    files: int


class Data(Model):
    """The dataset: its Hub `id` and `revision` where it has them, its manifest's hash where there is one, and what was
    trained on.

    `tokens` and `bytes` are those of each split, once through; `licenses` are those of the whole dataset.
    """

    name: str
    id: str | None = None
    revision: str | None = None
    manifest_sha256: str | None = None
    languages: tuple[TrainedLanguage, ...]
    licenses: tuple[LicenseShare, ...] = ()
    projects: int | None = None
    tokens: dict[str, int]
    bytes: dict[str, int]
    has_attribution: bool = False


class TokenizerFacts(Model):
    """The tokenizer: its file's hash, its size, and the tokens that mark something."""

    sha256: str
    vocabulary: int
    special_tokens: tuple[str, ...]


class Validation(Model):
    """One look at the validation split: loss in nats a token, and bits a byte of text."""

    step: int
    loss: float
    bits_per_byte: float


class Training(Model):
    """What the run did. `ranks` are processes by kind of parallelism; `energy_kwh` is there only where it was measured."""

    steps: int
    steps_planned: int
    tokens: int
    seconds: float
    tokens_per_s: float
    hardware: str
    hardware_count: int
    device: str
    precision: str
    ranks: dict[str, int]
    validation: tuple[Validation, ...]
    loss_plot: str | None = None
    energy_kwh: float | None = None
    versions: dict[str, str]
    commit: str | None = None


class Conversion(Model):
    """Logits of nanotron's own forward beside those of the published model, in fp32, over `tokens` positions."""

    tokens: int
    largest: float
    mean: float
    allowed: float
    same_best: float


class GgufFile(Model):
    """A GGUF file beside transformers in fp32: greedy tokens equal up to the first other one, equal best tokens and mean
    loss in nats over the positions of a text of the validation split.
    """

    format: str
    path: str
    bytes: int
    greedy_equal: int
    greedy_tokens: int
    best_equal: int
    positions: int
    loss: float


class Gguf(Model):
    """All GGUF files; `reference_loss` is what transformers has on the same text, `lines_equal` of `lines` lines of code are
    tokenised by llama.cpp as by the model's own tokenizer.
    """

    files: tuple[GgufFile, ...]
    reference_loss: float
    lines_equal: int
    lines: int
    version: str


class ModelManifest(Model):
    """A model folder, explained. `repository` is where it is published, empty before; plots are paths in the folder.

    `finetuning` is what came after: all above it but the GGUF files and the evaluations is then said of the base model.
    """

    format: Literal[1] = 1
    name: str
    title: str
    repository: str = ""
    license: str
    recipe: RecipeFacts
    seedbed: Software
    versions: dict[str, str]
    architecture: Architecture
    parameters: dict[str, int]
    data: Data
    fim: dict[str, float]
    tokenizer: TokenizerFacts
    training: Training
    conversion: Conversion
    gguf: Gguf | None = None
    generation: dict[str, JsonValue]
    evaluations: tuple[ScoreSheet, ...] = ()
    evaluation_plots: tuple[str, ...] = ()
    finetuning: Finetune | None = None

    @property
    def parameters_total(self) -> int:
        """Parameters of the whole model."""
        return sum(self.parameters.values())


def dumps(manifest: ModelManifest) -> str:
    """A manifest as text: sorted keys, one line feed at the end, the same text for the same facts."""
    return json.dumps(manifest.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def save(manifest: ModelManifest, folder: Path) -> None:
    """Write model.json whole or not at all."""
    write_atomic(folder / FILE_NAME, dumps(manifest))


def load(folder: Path) -> ModelManifest:
    """Read the manifest of a model folder.

    Raises: ManifestError when there is none, or it is malformed.
    """
    path = folder / FILE_NAME
    try:
        return ModelManifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: cannot be read: {error}. Allowed: the {FILE_NAME} of a converted model.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(key) for key in first["loc"])
        raise ManifestError(f"{path}: {where}: {first['msg']} ({error.error_count()} in all).") from error
