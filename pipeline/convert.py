"""Stage 3 of a model: the newest checkpoint of a run -> a folder that transformers and llama.cpp load, with its card."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import LlamaConfig

from seedbed import __version__
from seedbed.core.config.training import TrainRecipe, load_train_recipe
from seedbed.core.errors import ConversionError, InputError
from seedbed.core.io.atomic import new_folder
from seedbed.core.io.checksums import file_sha256, model_sha256
from seedbed.core.manifests.base import RecipeFacts, Software
from seedbed.core.manifests.model import Gguf, ModelManifest
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.core.runs.workspace import commit, public_path
from seedbed.evaluation.results import Results
from seedbed.models import logging
from seedbed.models.conversion import convert, model_facts
from seedbed.models.conversion.verify import LogitAgreement, verify
from seedbed.models.tokens.manifest import VALIDATION, TokensManifest
from seedbed.models.tokens.token_files import first_windows
from seedbed.models.training.nanotron import checkpoints
from seedbed.publishing import vocabulary
from seedbed.publishing.cards import eval_results, render

from . import gguf
from .run import say

GENERATION = {"do_sample": True, "temperature": 0.2, "top_k": 50, "max_new_tokens": 64}
"""How the model completes when nobody says otherwise: close to its best guess, and short enough to wait for."""

VERIFIED_WINDOWS, VERIFIED_TOKENS = 2, 1024


@dataclass(frozen=True, slots=True)
class Job:
    """A recipe and the folders of its tokens, its run and its model."""

    recipe: TrainRecipe
    recipe_path: Path
    tokens: Path
    run: Path
    out: Path


@dataclass(frozen=True, slots=True)
class Made:
    """What was converted: the architecture, how near it is to the trained model, the GGUF files."""

    config: LlamaConfig
    agreement: LogitAgreement
    gguf: Gguf | None


def make_job(recipe_path: Path, *, tokens: Path | None = None, run: Path | None = None, out: Path | None = None) -> Job:
    """The job of a training recipe; folders that are None have the recipe's name. Raises: RecipeError."""
    recipe, build = load_train_recipe(recipe_path), Path("build")
    return Job(
        recipe,
        recipe_path,
        tokens or build / "tokens" / recipe.name,
        run or build / "runs" / recipe.name,
        out or build / "models" / recipe.name,
    )


def run(job: Job, *, with_gguf: bool = True) -> ModelManifest:
    """Write the model folder, whole or not at all; nothing where the model is not the trained one.

    Raises: ConversionError for a checkpoint that is another recipe's, broken, or does not convert.
    """
    logging.keep_transformers_quiet()
    _check_out(job.out)
    checkpoint = newest_checkpoint(job)
    tokens = TokensManifest.load(job.tokens)
    told = model_facts.read_run(job.run)
    _refuse_other_tokens(job, told)
    with new_folder(job.out) as draft:
        config, agreement = _transformers(job, checkpoint, tokens, draft)
        made = Made(config, agreement, _gguf(job, config, tokens, draft) if with_gguf else None)
        return _explain(job, made, told, tokens, draft)


def newest_checkpoint(job: Job) -> Path:
    """The newest checkpoint of the run, whole and of this recipe. Raises: ConversionError, CheckpointError."""
    folder = job.run / "checkpoints"
    steps = checkpoints.steps(folder)
    if not steps:
        raise ConversionError(f"{job.run}: no checkpoint there. Allowed: a run of `seedbed train {job.recipe_path}`.")
    place = folder / str(steps[-1])
    stamp = checkpoints.verified(place)
    if stamp.recipe_sha256 != job.recipe.sha256:
        raise ConversionError(
            f"{place}: a checkpoint of another recipe ({stamp.recipe}, {stamp.recipe_sha256[:8]}; this one is "
            f"{job.recipe.name}, {job.recipe.sha256[:8]}). Allowed: the recipe it was trained with."
        )
    return place


def _transformers(job: Job, checkpoint: Path, tokens: TokensManifest, draft: Path) -> tuple[LlamaConfig, LogitAgreement]:
    """Weights, architecture, tokenizer; and the proof that it is the model that was trained."""
    config = convert.config_of(checkpoint)
    convert.refuse_other_recipe(config, job.recipe, checkpoint)
    say(f"convert: {checkpoint}")
    convert.save(convert.convert(checkpoint, config), draft, job.tokens / "tokenizer", GENERATION)
    length = min(config.max_position_embeddings, VERIFIED_TOKENS)
    agreement = verify(checkpoint, draft, first_windows(job.tokens / VALIDATION, tokens.token_bytes, VERIFIED_WINDOWS, length))
    say(f"verified: logits differ by {agreement.largest:.2g} at most from nanotron's")
    return LlamaConfig.from_pretrained(draft), agreement


def _gguf(job: Job, config: LlamaConfig, tokens: TokensManifest, draft: Path) -> Gguf:
    """The GGUF files, asked about text of the validation split."""
    room = config.max_position_embeddings - 1
    rows = first_windows(job.tokens / VALIDATION, tokens.token_bytes, gguf.PROMPTS, min(room, gguf.PREDICTED_TO * 4))
    return gguf.write(draft, gguf.Named(job.recipe.name, job.recipe.title, _policy()["license"]), rows.tolist())


def _explain(job: Job, made: Made, told: model_facts.RunFacts, tokens: TokensManifest, draft: Path) -> ModelManifest:
    """model.json and the card, from the run's own files."""
    dataset = model_facts.read_dataset(tokens)
    plot = _copied(job.run / "loss.png", draft / "assets" / "loss.png")
    if dataset.attribution:
        shutil.copyfile(dataset.attribution, draft / "ATTRIBUTION.md")
    manifest = ModelManifest(
        name=job.recipe.name,
        title=job.recipe.title,
        license=_policy()["license"],
        recipe=RecipeFacts(path=public_path(job.recipe_path), sha256=job.recipe.sha256, data=job.recipe.model_dump(mode="json")),
        seedbed=Software(version=__version__, commit=commit()),
        versions=model_facts.versions(),
        architecture=model_facts.architecture(made.config),
        parameters=model_facts.part_sizes(job.recipe),
        data=model_facts.data(tokens, dataset),
        fim={"rate": job.recipe.data.fim_rate, "spm_rate": job.recipe.data.fim_spm_rate},
        tokenizer=model_facts.tokenizer(tokens),
        training=model_facts.training(told, loss_plot="assets/loss.png" if plot else None),
        conversion=model_facts.conversion(made.agreement),
        gguf=made.gguf,
        generation=dict(GENERATION),
    )
    if sheet := known_scores(job, draft):
        return eval_results.write(draft, manifest, sheet)
    manifest.save(draft)
    manifest = ModelManifest.load(draft)  # the card is made from what is written, as it will be again
    (draft / "README.md").write_text(render.model_card(manifest), encoding="utf-8")
    return manifest


def known_scores(job: Job, draft: Path) -> ScoreSheet | None:
    """What `seedbed evaluate` found of these very weights, where it did: build/evaluations/<name>/results.json."""
    folder = job.run.parent.parent / "evaluations" / job.recipe.name
    if not (folder / Results.file_name).is_file():
        return None
    sheet = Results.load(folder).sheet()
    if sheet.model.sha256 == model_sha256(draft):
        return sheet
    say(f"{folder}: of other weights, so not on the card; `seedbed evaluate` measures these")
    return None


def _policy() -> dict[str, Any]:
    """What cards/hub.yaml says of every model."""
    told: dict[str, Any] = vocabulary.read(vocabulary.cards_folder() / "hub.yaml")["model"]
    return told


def _copied(source: Path, target: Path) -> bool:
    if not source.is_file():
        return False
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    return True


def _refuse_other_tokens(job: Job, told: model_facts.RunFacts) -> None:
    """The tokens beside the run have to be those it was trained on."""
    if told.tokens_sha256 != file_sha256(job.tokens / "tokens.json"):
        raise ConversionError(
            f"{job.tokens}: not the tokens that {job.run} was trained on. Allowed: those, with their tokenizer."
        )


def _check_out(out: Path) -> None:
    """Refuse a place that holds something else than a converted model."""
    if out.is_dir() and any(out.iterdir()) and not (out / ModelManifest.file_name).is_file():
        raise InputError(f"--out {out}: holds files that no conversion wrote. Allowed: an empty or a new folder.")
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out}: not a folder. Allowed: an empty or a new folder.")
