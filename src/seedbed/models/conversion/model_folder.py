"""A conversion: its run, its checkpoint, and the model folder that it writes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import LlamaConfig

from seedbed import __version__
from seedbed.core.config.training import TrainRecipe, load_train_recipe
from seedbed.core.errors import ConversionError, InputError
from seedbed.core.io.files import file_sha256
from seedbed.core.io.progress import say
from seedbed.core.manifests.base import RecipeFacts, Software
from seedbed.core.manifests.model import Gguf, ModelManifest
from seedbed.core.runs.job import commit, public_path
from seedbed.models.conversion import convert, model_facts
from seedbed.models.conversion.model_facts import RunFacts, read_run
from seedbed.models.conversion.verify import LogitAgreement, verify
from seedbed.models.notices import write_notice
from seedbed.models.tokens.manifest import VALIDATION, TokensManifest
from seedbed.models.tokens.token_files import first_windows
from seedbed.models.training.nanotron import checkpoints


@dataclass(frozen=True, slots=True)
class ConversionJob:
    """A recipe and the folders of its tokens, its run and its model."""

    recipe: TrainRecipe
    recipe_path: Path
    tokens: Path
    run: Path
    out: Path


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """Input of a conversion: the newest checkpoint of a run, its run.json, and its tokens.json."""

    checkpoint: Path
    facts: RunFacts
    tokens: TokensManifest


def make_job(recipe_path: Path, tokens: Path | None, run: Path | None, out: Path | None) -> ConversionJob:
    """The job of a training recipe; a folder that is None defaults to build/.../<recipe name>. Raises: RecipeError."""
    recipe, build = load_train_recipe(recipe_path), Path("build")
    return ConversionJob(
        recipe,
        recipe_path,
        tokens or build / "tokens" / recipe.name,
        run or build / "runs" / recipe.name,
        out or build / "models" / recipe.name,
    )


def read(job: ConversionJob) -> FinishedRun:
    """Read the run and its newest checkpoint.

    Raises: ConversionError for an unfinished run, or one of another recipe or other tokens; CheckpointError for a broken
    checkpoint; InputError for missing tokens.
    """
    run = FinishedRun(checkpoint=newest_checkpoint(job), tokens=TokensManifest.load(job.tokens), facts=read_run(job.run))
    if run.facts.tokens_sha256 != file_sha256(job.tokens / TokensManifest.file_name):
        raise ConversionError(
            f"{job.tokens}: not the tokens that {job.run} was trained on. Allowed: those, with their tokenizer."
        )
    return run


def newest_checkpoint(job: ConversionJob) -> Path:
    """Folder of the newest checkpoint, verified.

    Raises: ConversionError for none, or one of another recipe; CheckpointError for a broken one.
    """
    folder = job.run / "checkpoints"
    steps = checkpoints.steps(folder)
    if not steps:
        raise ConversionError(f"{job.run}: no checkpoint there. Allowed: a run of `seedbed train {job.recipe_path}`.")
    checkpoint = folder / str(steps[-1])
    stamp = checkpoints.verified(checkpoint)
    if stamp.recipe_sha256 != job.recipe.sha256:
        raise ConversionError(
            f"{checkpoint}: a checkpoint of another recipe ({stamp.recipe}, {stamp.recipe_sha256[:8]}; this one is "
            f"{job.recipe.name}, {job.recipe.sha256[:8]}). Allowed: the recipe it was trained with."
        )
    return checkpoint


def check_out(out: Path) -> None:
    """Raise InputError for a folder with other files than a converted model, or a path that is not a folder."""
    if out.is_dir() and any(out.iterdir()) and not (out / ModelManifest.file_name).is_file():
        raise InputError(f"--out {out}: holds files that no conversion wrote. Allowed: an empty or a new folder.")
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out}: not a folder. Allowed: an empty or a new folder.")


VERIFIED_WINDOWS, VERIFIED_TOKENS = 2, 1024


@dataclass(frozen=True, slots=True)
class ConvertedModel:
    """Architecture, agreement with the trained model, and GGUF files."""

    config: LlamaConfig
    agreement: LogitAgreement
    gguf: Gguf | None = None


def write(job: ConversionJob, run: FinishedRun, folder: Path, generation: Mapping[str, Any]) -> ConvertedModel:
    """Write weights, configuration and tokenizer, and verify the logits against nanotron.

    Args: generation: default generation settings of the model.
    Raises: ConversionError for a checkpoint of another shape, or whose logits differ.
    """
    config = convert.config_of(run.checkpoint)
    convert.refuse_other_recipe(config, job.recipe, run.checkpoint)
    say(f"convert: {run.checkpoint}")
    convert.save(convert.convert(run.checkpoint, config), folder, job.tokens / "tokenizer", dict(generation))
    length = min(config.max_position_embeddings, VERIFIED_TOKENS)
    rows = first_windows(job.tokens / VALIDATION, run.tokens.token_bytes, VERIFIED_WINDOWS, length)
    agreement = verify(run.checkpoint, folder, rows)
    say(f"verified: logits differ by {agreement.largest:.2g} at most from nanotron's")
    return ConvertedModel(LlamaConfig.from_pretrained(folder), agreement)


def describe(
    job: ConversionJob, run: FinishedRun, model: ConvertedModel, folder: Path, policy: Mapping[str, Any]
) -> ModelManifest:
    """The manifest, from the files of the run; its plot, and attribution and notices of the dataset, are copied into the folder.

    Args: policy: `license` of the model; `generation`, its default generation settings.
    """
    dataset, source = model_facts.read_dataset(run.tokens), run.tokens.dataset
    has_plot = _copied(job.run / "loss.png", folder / "assets" / "loss.png")
    if dataset.attribution:
        shutil.copyfile(dataset.attribution, folder / "ATTRIBUTION.md")
    data = model_facts.data(run.tokens, dataset)
    has_notices = write_notice(folder, dataset.notice, source.id or data.name, source.revision)
    return ModelManifest(
        name=job.recipe.name,
        title=job.recipe.title,
        license=policy["license"],
        recipe=RecipeFacts(path=public_path(job.recipe_path), sha256=job.recipe.sha256, data=job.recipe.model_dump(mode="json")),
        seedbed=Software(version=__version__, commit=commit()),
        versions=model_facts.versions(),
        architecture=model_facts.architecture(model.config),
        parameters=model_facts.part_sizes(job.recipe),
        data=data.model_copy(update={"has_notices": has_notices}),
        fim={"rate": job.recipe.data.fim_rate, "spm_rate": job.recipe.data.fim_spm_rate},
        tokenizer=model_facts.tokenizer(run.tokens),
        training=model_facts.training(run.facts, loss_plot="assets/loss.png" if has_plot else None),
        conversion=model_facts.conversion(model.agreement),
        gguf=model.gguf,
        generation=dict(policy["generation"]),
    )


def _copied(source: Path, target: Path) -> bool:
    if not source.is_file():
        return False
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    return True
