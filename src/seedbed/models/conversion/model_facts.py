"""Facts of a model for its manifest and card, read from the recipe, tokens.json, run.json and the dataset's manifest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from httpx2 import HTTPError
from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache
from pydantic import BaseModel, ConfigDict, ValidationError
from transformers import LlamaConfig

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import ConversionError, ManifestError
from seedbed.core.manifests.dataset import NOTICE_PAGE, Manifest
from seedbed.core.manifests.model import (
    ArchitectureFacts,
    Conversion,
    GgufFile,
    LicenseShare,
    TokenizerFacts,
    TrainedLanguage,
    Training,
    TrainingData,
    ValidationLoss,
)
from seedbed.models.conversion.gguf_check import GgufAgreement
from seedbed.models.conversion.verify import LogitAgreement
from seedbed.models.tokens.manifest import TokensManifest
from seedbed.models.tokens.pretokenizer import SPECIAL_TOKENS
from seedbed.models.training.architecture import ROPE_THETA, parameters

PACKAGES = ("gguf", "nanotron", "safetensors", "tokenizers", "torch", "transformers", "xllamacpp")
RUN_FILE = "run.json"
_ATTRIBUTION = "ATTRIBUTION.md"


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TrainedRecipe(_Part):
    """The recipe of the run."""

    name: str
    sha256: str


class RunHardware(_Part):
    """The device of the run, and how many."""

    name: str
    count: int


class RunFacts(_Part):
    """run.json of a training run."""

    recipe: TrainedRecipe
    tokens_sha256: str
    device: str
    precision: str
    hardware: RunHardware
    parallelism: dict[str, int]
    step: int
    steps: int
    tokens: int
    seconds: float
    tokens_per_s: float
    validation: tuple[dict[str, float], ...]
    versions: dict[str, str]
    commit: str | None = None
    energy_kwh: float | None = None


@dataclass(frozen=True, slots=True)
class TrainingDataset:
    """Manifest, ATTRIBUTION.md and NOTICE.md of the dataset; None where it has none, or is out of reach."""

    manifest: Manifest | None = None
    attribution: Path | None = None
    notice: Path | None = None


def read_run(folder: Path) -> RunFacts:
    """run.json of a run's folder.

    Raises: ConversionError when it is missing, because no run has ended there, or invalid.
    """
    path = folder / RUN_FILE
    try:
        return RunFacts.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConversionError(
            f"{folder}: no finished run there ({RUN_FILE} is missing). Allowed: a folder that `seedbed train` wrote."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConversionError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error


def read_dataset(tokens: TokensManifest) -> TrainingDataset:
    """The dataset that the tokens were made from; empty for one without a manifest, or out of reach.

    Raises: ConversionError when the manifest of a folder has changed since.
    """
    source = tokens.dataset
    if source.path is not None:
        return _local(Path(source.path), source.manifest_sha256)
    try:
        return _published(str(source.id), source.revision)
    except (OSError, HTTPError, ManifestError):
        return TrainingDataset()


def _published(repository: str, revision: str | None) -> TrainingDataset:
    """Read from the client's cache, else from the Hub. One request first: a download retries an absent Hub for 23 s."""
    names = Manifest.file_name, _ATTRIBUTION
    if not all(isinstance(try_to_load_from_cache(repository, name, None, revision, "dataset"), str) for name in names):
        get_hf_file_metadata(hf_hub_url(repository, Manifest.file_name, repo_type="dataset", revision=revision))
    folder, attribution = (Path(hf_hub_download(repository, name, repo_type="dataset", revision=revision)) for name in names)
    manifest = Manifest.load(folder)
    notice = hf_hub_download(repository, NOTICE_PAGE, repo_type="dataset", revision=revision) if manifest.notices else None
    return TrainingDataset(manifest, attribution, Path(notice) if notice else None)


def _local(folder: Path, sha256: str | None) -> TrainingDataset:
    from seedbed.core.io.files import file_sha256

    path = folder / Manifest.file_name
    if not path.is_file() or sha256 is None:
        return TrainingDataset()
    if file_sha256(path) != sha256:
        raise ConversionError(
            f"{folder}: changed since its tokens were made. Allowed: the same dataset, or tokenize and train again."
        )
    pages = (folder / name for name in (_ATTRIBUTION, NOTICE_PAGE))
    return TrainingDataset(Manifest.load(folder), *(page if page.is_file() else None for page in pages))


def architecture(config: LlamaConfig) -> ArchitectureFacts:
    """The architecture, as the card lists it."""
    return ArchitectureFacts(
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads or config.num_attention_heads,
        feed_forward=config.intermediate_size,
        context=config.max_position_embeddings,
        vocabulary=config.vocab_size,
        tie_embeddings=bool(config.tie_word_embeddings),
        rope_theta=ROPE_THETA,
        dtype=str(config.dtype).removeprefix("torch."),
    )


def part_sizes(recipe: TrainRecipe) -> dict[str, int]:
    """Parameters of each part."""
    return parameters(recipe)


def data(tokens: TokensManifest, dataset: TrainingDataset) -> TrainingData:
    """The training data and its licenses."""
    source, published = tokens.dataset, dataset.manifest
    contents = published.contents if published else None
    return TrainingData(
        name=published.title if published else str(source.id or Path(str(source.path)).name),
        id=source.id,
        revision=source.revision,
        manifest_sha256=source.manifest_sha256,
        languages=tuple(TrainedLanguage(name=name, **facts.model_dump()) for name, facts in tokens.languages.items()),
        licenses=tuple(LicenseShare(expression=license_.expression, files=license_.files) for license_ in contents.licenses)
        if contents
        else (),
        projects=contents.total.projects if contents else None,
        tokens=tokens.tokens,
        bytes=tokens.bytes,
        has_attribution=dataset.attribution is not None,
        notices=published.notices if published else None,
    )


def tokenizer(tokens: TokensManifest) -> TokenizerFacts:
    """The tokenizer that made the tokens."""
    return TokenizerFacts(sha256=tokens.tokenizer_sha256, vocabulary=tokens.vocabulary_size, special_tokens=tuple(SPECIAL_TOKENS))


def training(run: RunFacts, *, loss_plot: str | None) -> Training:
    """The run, as the card states it."""
    return Training(
        steps=run.step,
        steps_planned=run.steps,
        tokens=run.tokens,
        seconds=run.seconds,
        tokens_per_s=run.tokens_per_s,
        hardware=run.hardware.name,
        hardware_count=run.hardware.count,
        device=run.device,
        precision=run.precision,
        ranks={name: int(run.parallelism.get(name, 1)) for name in ("dp", "tp", "pp")},
        validation=tuple(
            ValidationLoss(step=int(row["step"]), loss=row["validation_loss"], bits_per_byte=row["bits_per_byte"])
            for row in run.validation
        ),
        loss_plot=loss_plot,
        energy_kwh=run.energy_kwh,
        versions=run.versions,
        commit=run.commit,
    )


def conversion(agreement: LogitAgreement) -> Conversion:
    """Difference between the converted model and the trained one."""
    return Conversion(
        tokens=agreement.tokens,
        largest=agreement.largest,
        mean=agreement.mean,
        allowed=agreement.allowed,
        same_best=agreement.same_best,
    )


def gguf_file(form: str, path: Path, folder: Path, agreement: GgufAgreement) -> GgufFile:
    """One GGUF file of a model folder, and its agreement with transformers."""
    figures = asdict(agreement)
    wanted = ("greedy_equal", "greedy_tokens", "best_equal", "positions", "loss")
    return GgufFile(
        format=form,
        path=path.relative_to(folder).as_posix(),
        bytes=path.stat().st_size,
        **{key: figures[key] for key in wanted},
    )


def versions() -> dict[str, str]:
    """Installed version of each package that converts or checks a model."""
    return {name: version(name) for name in PACKAGES}
