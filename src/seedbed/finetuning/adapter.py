"""Train an adapter, merge it, and evaluate the model before and after."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from seedbed.core.io.files import model_sha256, new_folder
from seedbed.core.io.process import stop_requests
from seedbed.core.io.progress import Bar
from seedbed.core.manifests.base import RecipeFacts
from seedbed.core.manifests.finetune import Adapted, Base, Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.runs.job import public_path
from seedbed.core.runs.keys import Code, code_of, key_of
from seedbed.evaluation.compare import compare
from seedbed.evaluation.prompts import read_split
from seedbed.evaluation.results import Results
from seedbed.evaluation.runner import describe
from seedbed.finetuning.eval_suite import EvalSuite, changes_of, decide, judge, results_of, sentence
from seedbed.finetuning.job import FinetuneJob
from seedbed.finetuning.recipe import public, tasks_of
from seedbed.finetuning.training_examples import ExampleSettings, prepare_examples, replay_examples
from seedbed.finetuning.training_set import TrainingSet
from seedbed.models.inference import open_backend
from seedbed.models.inference.vocabulary import from_folder
from seedbed.models.lora import train
from seedbed.models.lora.settings import LoraExample, examples_sha256
from seedbed.models.tokens.pretokenizer import END_OF_TEXT


def training_code() -> Code:
    """The code that makes a model of a base and examples."""
    return code_of(train.__name__)


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
            train.merge(job.base, run / train.ADAPTER, draft, dict(ModelManifest.load(job.base).generation))
    return folder


def evaluate(job: FinetuneJob, model: Path, training_set: TrainingSet) -> Results:
    """Results of a model in all tasks; what was asked before is kept."""
    recipe = job.recipe
    today = datetime.now(UTC).date().isoformat()
    limits = recipe.filters.max_tokens, recipe.judging.problems
    backend = open_backend(model, "transformers")
    try:
        sheet = describe(str(model), None, backend, job.choice, job.command)
        data = str(sheet.data and sheet.data.manifest_sha256)
        suite = EvalSuite(tasks_of(recipe, job.tasks), job.documents, data, training_set.judging, *limits, today)
        results = judge(backend, sheet.model.sha256, suite, job.work / "judged")
    finally:
        backend.close()
    return results_of(sheet.model_copy(update={"model": sheet.model.model_copy(update={"name": recipe.name})}), results)


def report(job: FinetuneJob, training_set: TrainingSet, facts: Adapted, before: Results, after: Results) -> Finetune:
    """The report: what went in, what was trained, how the results changed, and whether the model is better."""
    recipe, base = job.recipe, ModelManifest.load(job.base)
    titles = {task.name: task.title for task in after.tasks}
    changes = changes_of(compare(before, after).differences, titles)
    verdict = decide(changes, recipe.judging.measure, recipe.judging.margin)
    return Finetune(
        name=recipe.name,
        title=recipe.title,
        command=job.command,
        date=after.date,
        hardware=after.hardware,
        seedbed=after.seedbed,
        versions=dict(training_code().packages),
        recipe=RecipeFacts(path=public_path(job.recipe_path), sha256=recipe.sha256, data=public(recipe)),
        base=Base(name=base.name, title=base.title, id=recipe.model.id, sha256=model_sha256(job.base)),
        dataset=after.data.name if after.data else Path(recipe.dataset).name,
        events=training_set.events,
        actions=training_set.actions,
        funnel=training_set.passed,
        train=len(training_set.teaching),
        held_out=len(training_set.judging),
        training=facts,
        measure=recipe.judging.measure,
        margin=recipe.judging.margin,
        changes=changes,
        found=verdict,
        sentence=sentence(verdict, changes, recipe.judging.measure),
    )
