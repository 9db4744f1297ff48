"""Stage 3 of a model: the newest checkpoint of a run -> a folder that transformers and llama.cpp load, with its card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seedbed.core.io.files import model_sha256, new_folder
from seedbed.core.io.progress import say
from seedbed.core.manifests.model import Gguf, ModelManifest
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.evaluation.results import Results
from seedbed.models import logging
from seedbed.models.conversion import gguf_files, model_folder
from seedbed.models.conversion.model_folder import ConversionJob, check_out, read
from seedbed.models.tokens.manifest import VALIDATION, TokensManifest
from seedbed.models.tokens.token_files import first_windows
from seedbed.publishing.cards import model_card, templates, update

GENERATION = {"do_sample": True, "temperature": 0.2, "top_k": 50, "max_new_tokens": 64}
"""Default sampling: close to the most likely completion, and short."""


def run(job: ConversionJob, *, with_gguf: bool = True) -> ModelManifest:
    """Write the model folder, whole or not at all; nothing where the model is not the trained one.

    Raises: ConversionError for a checkpoint that is another recipe's, broken, or does not convert.
    """
    logging.keep_transformers_quiet()
    check_out(job.out)
    trained = read(job)
    with new_folder(job.out) as draft:
        converted = model_folder.write(job, trained, draft, GENERATION)
        if with_gguf:
            converted = replace(converted, gguf=write_gguf(job, converted.config.max_position_embeddings, trained.tokens, draft))
        policy = {"license": license_of_models(), "generation": GENERATION}
        manifest = model_folder.describe(job, trained, converted, draft, policy)
        return write_card(manifest, known_scores(job, draft), draft)


def write_gguf(job: ConversionJob, context: int, tokens: TokensManifest, draft: Path) -> Gguf:
    """The GGUF files, checked on text of the validation split."""
    length = min(context - 1, gguf_files.PREDICTED_TO * 4)
    rows = first_windows(job.tokens / VALIDATION, tokens.token_bytes, gguf_files.PROMPTS, length)
    names = gguf_files.Names(job.recipe.name, job.recipe.title, license_of_models())
    return gguf_files.write(draft, names, rows.tolist())


def write_card(manifest: ModelManifest, scores: ScoreSheet | None, draft: Path) -> ModelManifest:
    """Write model.json and the card, with the scores where there are some."""
    if scores:
        return update.write(draft, manifest, scores)
    manifest.save(draft)
    manifest = ModelManifest.load(draft)  # the card is made from what is written, as it will be again
    (draft / "README.md").write_text(model_card.model_card(manifest), encoding="utf-8")
    return manifest


def known_scores(job: ConversionJob, draft: Path) -> ScoreSheet | None:
    """The scores of these very weights, where `seedbed evaluate` wrote some: build/evaluations/<name>/results.json."""
    folder = job.run.parent.parent / "evaluations" / job.recipe.name
    if not (folder / Results.file_name).is_file():
        return None
    sheet = Results.load(folder).sheet()
    if sheet.model.sha256 == model_sha256(draft):
        return sheet
    say(f"{folder}: of other weights, so not on the card; `seedbed evaluate` measures these")
    return None


def license_of_models() -> str:
    """The license of every model, by cards/hub.yaml."""
    return str(templates.hub_policy()["model"]["license"])
