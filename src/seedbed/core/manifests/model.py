"""What a model folder says about itself: model.json, the only thing that its card is made from."""

from __future__ import annotations

from typing import ClassVar

from pydantic import JsonValue

from seedbed.core.manifests.base import Facts, ManifestFile, Picture, RecipeFacts, Software
from seedbed.core.manifests.dataset import Notices
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.scores import ScoreSheet


class ArchitectureFacts(Facts):
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


class TrainedLanguage(Facts):
    """One language of the training data: files and bytes of its text, and how often each was seen in one pass."""

    name: str
    files: int
    bytes: int
    epochs: float


class LicenseShare(Facts):
    """Files of the dataset under one license expression."""

    expression: str
    files: int


class TrainingData(Facts):
    """The dataset: its Hub `id` and `revision` where it has them, its manifest's hash where there is one, and what was
    trained on.

    `tokens` and `bytes` are those of each split, once through; `licenses` and `notices` are those of the whole dataset.
    `has_notices` says that NOTICE.md of the model folder is the dataset's own, and no pointer to it.
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
    notices: Notices | None = None
    has_notices: bool = False


class TokenizerFacts(Facts):
    """The tokenizer: its file's hash, its size, and the tokens that mark something."""

    sha256: str
    vocabulary: int
    special_tokens: tuple[str, ...]


class ValidationLoss(Facts):
    """One look at the validation split: loss in nats a token, and bits a byte of text."""

    step: int
    loss: float
    bits_per_byte: float


class Training(Facts):
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
    validation: tuple[ValidationLoss, ...]
    loss_plot: str | None = None
    energy_kwh: float | None = None
    versions: dict[str, str]
    commit: str | None = None


class Conversion(Facts):
    """Logits of nanotron's own forward beside those of the published model, in fp32, over `tokens` positions."""

    tokens: int
    largest: float
    mean: float
    allowed: float
    same_best: float


class GgufFile(Facts):
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


class Gguf(Facts):
    """All GGUF files; `reference_loss` is what transformers has on the same text, `lines_equal` of `lines` lines of code are
    tokenised by llama.cpp as by the model's own tokenizer.
    """

    files: tuple[GgufFile, ...]
    reference_loss: float
    lines_equal: int
    lines: int
    version: str


class ModelManifest(ManifestFile):
    """A model folder, explained. `repository` is where it is published, empty before; paths are relative to the folder.

    With `finetuning`, the fields above it, GGUF files and evaluations aside, then describe the base model.
    """

    file_name: ClassVar[str] = "model.json"
    written_by: ClassVar[str] = "conversion"

    name: str
    title: str
    repository: str = ""
    license: str
    recipe: RecipeFacts
    seedbed: Software
    versions: dict[str, str]
    architecture: ArchitectureFacts
    parameters: dict[str, int]
    data: TrainingData
    fim: dict[str, float]
    tokenizer: TokenizerFacts
    training: Training
    conversion: Conversion
    gguf: Gguf | None = None
    generation: dict[str, JsonValue]
    evaluations: tuple[ScoreSheet, ...] = ()
    pictures: tuple[Picture, ...] = ()
    finetuning: Finetune | None = None

    @property
    def parameters_total(self) -> int:
        """Parameters of the whole model."""
        return sum(self.parameters.values())
