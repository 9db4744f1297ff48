"""The model before and after fine-tuning, by the same tasks, and the report of the difference."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from seedbed.core.io.checksums import model_sha256
from seedbed.core.manifests.base import RecipeFacts
from seedbed.core.manifests.finetune import Adapted, Base, Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.runs.workspace import public_path
from seedbed.evaluation.compare import compare
from seedbed.evaluation.describe import describe
from seedbed.evaluation.results import Results
from seedbed.finetuning.adapter import training_code
from seedbed.finetuning.eval_suite import EvalSuite, judge, results_of
from seedbed.finetuning.job import FinetuneJob
from seedbed.finetuning.promotion import changes_of, decide, sentence
from seedbed.finetuning.recipe import public, tasks_of
from seedbed.finetuning.training_set import TrainingSet
from seedbed.models.inference import open_backend


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
