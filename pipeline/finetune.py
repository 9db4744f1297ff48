"""Feedback -> an adapter and a model if it got better, else a report only.

build/finetunes/<name>/   report.json, report.md; where the model got better adapter/ and model/ too
build/work/.finetunes/<name>/   runs and what was asked, by all that decides them: a run that was stopped goes on
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from seedbed.core.io.files import held, new_folder
from seedbed.core.manifests import finetune as finetunes
from seedbed.core.manifests.finetune import Finetune
from seedbed.finetuning import job as jobs
from seedbed.finetuning.adapter import evaluate, merged, report, train_adapter
from seedbed.finetuning.job import FinetuneJob
from seedbed.finetuning.training_set import read_training_set, refuse_too_few
from seedbed.models import logging
from seedbed.models.lora import train

from . import finetuned
from .tasks import TASKS


def make_job(recipe_path: Path, *, feedback: str | None = None, out: Path | None = None) -> FinetuneJob:
    """The job of a recipe, judged by the tasks of recipes/eval. Raises: InputError, RecipeError, ManifestError."""
    return jobs.make_job(recipe_path, TASKS, feedback, out)


def run(job: FinetuneJob, publish_to: str | None) -> None:
    """Fine-tune, print what came of it, and publish what got better to `publish_to`, OWNER/NAME; None publishes nothing."""
    logging.keep_transformers_quiet()
    with held(job.work, option="build", busy="another fine-tuning is at work there. Allowed: one at a time."):
        outcome = finetune(job)
    sys.stdout.write(f"{outcome.sentence}\nreport: {job.out / finetunes.PAGE}\n")
    if outcome.found == "better":
        sys.stdout.write(f"model: {job.out / finetuned.MODEL}\nadapter: {job.out / finetuned.ADAPTER}\n")
        if publish_to:
            finetuned.publish(job.out, publish_to)


def finetune(job: FinetuneJob) -> Finetune:
    """All of it, going on where an earlier run stopped.

    Raises: InputError where too few events are left; KeyboardInterrupt when it was stopped.
    """
    training_set = read_training_set(job)
    refuse_too_few(job.recipe, training_set)
    before = evaluate(job, job.base, training_set)
    facts, run = train_adapter(job, training_set)
    model = merged(job, run)
    after = evaluate(job, model, training_set)
    outcome = report(job, training_set, facts, before, after)
    with new_folder(job.out) as draft:
        finetuned.write(draft, outcome, finetuned.Source(job.base, model, run / train.ADAPTER, after.sheet(), job.choice))
    for other in run.parent.iterdir():  # each has a whole model in it
        if other != run:
            shutil.rmtree(other)
    return outcome
