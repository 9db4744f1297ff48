"""The folder of a converted model: weights, tokenizer and configuration for transformers, and its manifest."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import LlamaConfig

from seedbed import __version__
from seedbed.core.io.progress import say
from seedbed.core.manifests.base import RecipeFacts, Software
from seedbed.core.manifests.model import Gguf, ModelManifest
from seedbed.core.runs.workspace import commit, public_path
from seedbed.models.conversion import convert, model_facts
from seedbed.models.conversion.job import ConversionJob, FinishedRun
from seedbed.models.conversion.verify import LogitAgreement, verify
from seedbed.models.tokens.manifest import VALIDATION
from seedbed.models.tokens.token_files import first_windows

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
    """The manifest, from the files of the run; its plot and the dataset's attribution are copied into the folder.

    Args: policy: `license` of the model; `generation`, its default generation settings.
    """
    dataset = model_facts.read_dataset(run.tokens)
    has_plot = _copied(job.run / "loss.png", folder / "assets" / "loss.png")
    if dataset.attribution:
        shutil.copyfile(dataset.attribution, folder / "ATTRIBUTION.md")
    return ModelManifest(
        name=job.recipe.name,
        title=job.recipe.title,
        license=policy["license"],
        recipe=RecipeFacts(path=public_path(job.recipe_path), sha256=job.recipe.sha256, data=job.recipe.model_dump(mode="json")),
        seedbed=Software(version=__version__, commit=commit()),
        versions=model_facts.versions(),
        architecture=model_facts.architecture(model.config),
        parameters=model_facts.part_sizes(job.recipe),
        data=model_facts.data(run.tokens, dataset),
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
