"""The adapter of a fine-tuning: trained on the accepted events, and merged into the base model."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.io.atomic import new_folder
from seedbed.core.io.checksums import model_sha256
from seedbed.core.io.progress import Bar
from seedbed.core.io.signals import stop_requests
from seedbed.core.manifests.finetune import Adapted
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.runs.imports import Code, code_of
from seedbed.core.runs.keys import key_of
from seedbed.evaluation.documents import read_split
from seedbed.finetuning.job import FinetuneJob
from seedbed.finetuning.training_examples import ExampleSettings, prepare_examples, replay_examples
from seedbed.finetuning.training_set import TrainingSet
from seedbed.models.inference import open_backend
from seedbed.models.inference.vocabulary import from_folder
from seedbed.models.lora import merge, train
from seedbed.models.lora.examples import LoraExample, examples_sha256
from seedbed.models.tokens.pretokenizer import END_OF_TEXT


def training_code() -> Code:
    """The code that makes a model of a base and examples."""
    return code_of(train.__name__, merge.__name__)


def train_adapter(job: FinetuneJob, training_set: TrainingSet) -> tuple[Adapted, Path]:
    """Train, or continue the run of the same base, examples and settings. Returns: its facts and its folder."""
    examples = _examples(job, training_set)
    recipe = job.recipe
    parts = [model_sha256(job.base), examples_sha256(examples), recipe.lora.model_dump(), recipe.training.model_dump()]
    folder = job.work / "runs" / key_of(training_code(), *parts)[:16]
    steps = -(-len(examples) // recipe.training.batch) * recipe.training.epochs
    with Bar("fine-tune", steps, "step") as bar, stop_requests() as must_stop:
        run = train.AdapterJob(job.base, examples, recipe.lora, recipe.training, folder)
        facts = train.train(run, must_stop, lambda done, _: bar.update(done))
    return facts, folder


def _examples(job: FinetuneJob, training_set: TrainingSet) -> list[LoraExample]:
    """The events that teach as token ids, with some of the base model's own data among them."""
    backend = open_backend(job.base, "transformers")
    try:
        end = from_folder(job.base).special(END_OF_TEXT)
        settings = ExampleSettings(job.recipe.filters.max_tokens, end, job.recipe.training.plain_share)
        examples = prepare_examples(backend, training_set.teaching, settings)
        if count := round(job.recipe.training.replay * len(examples)):
            examples += replay_examples(backend, read_split(job.choice, "train"), count, job.recipe.training.seed)
        return examples
    finally:
        backend.close()


def merged(job: FinetuneJob, run: Path) -> Path:
    """Folder of the base with the adapter of a run, whole or not there."""
    folder = run / "merged"
    if not folder.is_dir():
        with new_folder(folder) as draft:
            merge.merge(job.base, run / train.ADAPTER, draft, dict(ModelManifest.load(job.base).generation))
    return folder
