"""A conversion: a training recipe with the folders of its tokens, run and model, and the checks that they belong together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seedbed.core.config.training import TrainRecipe, load_train_recipe
from seedbed.core.errors import ConversionError, InputError
from seedbed.core.io.checksums import file_sha256
from seedbed.core.manifests.model import ModelManifest
from seedbed.models.conversion.model_facts import RunFacts, read_run
from seedbed.models.tokens.manifest import TokensManifest
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
