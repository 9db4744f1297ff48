"""Feedback -> a model that got better, with its adapter; or the word that it got no better, and no model.

build/finetunes/<name>/   report.json, report.md; where the model got better adapter/ and model/ too
build/work/.finetunes/<name>/   runs and what was asked, by all that decides them: a run that was stopped goes on
"""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.io.atomic import new_folder
from seedbed.core.io.checksums import model_sha256
from seedbed.core.io.locks import held
from seedbed.core.io.progress import Bar, say
from seedbed.core.io.signals import stop_requests
from seedbed.core.manifests import finetune as finetunes
from seedbed.core.manifests.base import RecipeFacts
from seedbed.core.manifests.finetune import Adapted, Base, Finetune, Passed
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.runs.imports import Code, code_of
from seedbed.core.runs.keys import key_of
from seedbed.core.runs.workspace import public_path
from seedbed.data.attribution.index import Index
from seedbed.evaluation import problems
from seedbed.evaluation.compare import compare
from seedbed.evaluation.describe import describe
from seedbed.evaluation.documents import Document, read_split
from seedbed.evaluation.results import Results
from seedbed.finetuning import event_filters
from seedbed.finetuning.contamination import NgramIndex
from seedbed.finetuning.eval_suite import EvalSuite, judge, results_of
from seedbed.finetuning.events import Accepted, accepted_of
from seedbed.finetuning.held_out import HeldOutDraw, split
from seedbed.finetuning.promotion import changes_of, decide, sentence
from seedbed.finetuning.recipe import FinetuneRecipe, load_finetune_recipe, public, tasks_of
from seedbed.finetuning.training_examples import ExampleSettings, prepare_examples, replay_examples
from seedbed.models import logging
from seedbed.models.inference import open_backend
from seedbed.models.inference.vocabulary import from_folder
from seedbed.models.lora import merge, train
from seedbed.models.lora.examples import LoraExample, examples_sha256
from seedbed.models.tokens.pretokenizer import END_OF_TEXT
from seedbed.serving.completion.provenance import Provenance
from seedbed.serving.feedback import outcomes, read_events

from . import finetuned
from .tasks import TASKS


@dataclass(frozen=True)
class Job:
    """A recipe, the folder of its base model, and where things go."""

    recipe: FinetuneRecipe
    recipe_path: Path
    base: Path
    build: Path
    out: Path
    command: str

    @property
    def work(self) -> Path:
        """Folder of runs and answers; no data recipe has it, since no name begins with a dot."""
        return self.build / "work" / ".finetunes" / self.recipe.name

    @cached_property
    def choice(self) -> DatasetChoice:
        """The dataset whose test split judges."""
        return DatasetChoice(path=self.recipe.dataset)

    @cached_property
    def documents(self) -> list[Document]:
        """The files of its test split."""
        return read_split(self.choice)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is left of the feedback: events that teach, events that judge, and the way there."""

    events: int
    actions: dict[str, int]
    teaching: tuple[Accepted, ...]
    judging: tuple[Accepted, ...]
    passed: tuple[Passed, ...]


def run(job: Job, publish_to: str | None) -> None:
    """Fine-tune, print what came of it, and publish what got better to `publish_to`, OWNER/NAME; None publishes nothing."""
    logging.keep_transformers_quiet()
    with held(job.work, option="build", busy="another fine-tuning is at work there. Allowed: one at a time."):
        report = finetune(job)
    sys.stdout.write(f"{report.sentence}\nreport: {job.out / finetunes.PAGE}\n")
    if report.found == "better":
        sys.stdout.write(f"model: {job.out / finetuned.MODEL}\nadapter: {job.out / finetuned.ADAPTER}\n")
        if publish_to:
            finetuned.publish(job.out, publish_to)


def make_job(recipe_path: Path, *, feedback: str | None = None, out: Path | None = None) -> Job:
    """The job of a recipe, with other feedback than the recipe's where there is some.

    Raises: InputError, RecipeError, ManifestError.
    """
    recipe = load_finetune_recipe(recipe_path)
    words = ["seedbed finetune", public_path(recipe_path)]
    if feedback:
        recipe = recipe.model_copy(update={"feedback": feedback})
    tasks_of(recipe, TASKS)
    build = Path("build")
    check_feedback(recipe.feedback, build)
    job = Job(recipe, recipe_path, base_of(recipe), build, out or build / "finetunes" / recipe.name, " ".join(words))
    finetuned.check_out(job.out)
    if not Path(recipe.dataset).is_dir():
        raise InputError(f"dataset: {recipe.dataset}: no such folder. Allowed: a dataset folder, such as `make dataset` builds.")
    return job


def check_feedback(source: str, build: Path) -> None:
    """Raises: InputError for a folder below `build` that is not there, before a Hub is asked for a dataset of that name."""
    if build in Path(source).parents and not Path(source).is_dir():
        raise InputError(
            f"feedback: {source}: no such folder. Allowed: where `seedbed serve` ({build}/feedback) or `make demo` "
            f"({build}/playground/feedback) keeps it, or OWNER/NAME of a dataset on a Hub."
        )


def base_of(recipe: FinetuneRecipe) -> Path:
    """Folder of the base model. Raises: InputError, ManifestError when it is none that conversion wrote."""
    folder = Path(recipe.model.path)
    if not folder.is_dir():
        raise InputError(f"model.path: {folder}: no such folder. Allowed: a converted model; `make train` makes the starter.")
    ModelManifest.load(folder)
    return folder


def finetune(job: Job) -> Finetune:
    """All of it, going on where an earlier run stopped.

    Raises: InputError where too few events are left; KeyboardInterrupt when it was stopped.
    """
    lesson = learnable(job)
    refuse_too_few(job.recipe, lesson)
    before = judged(job, job.base, lesson)
    facts, run = trained(job, lesson)
    model = merged(job, run)
    after = judged(job, model, lesson)
    report = describe_all(job, lesson, facts, before, after)
    with new_folder(job.out) as draft:
        finetuned.write(draft, report, finetuned.Source(job.base, model, run / train.ADAPTER, after.sheet(), job.choice))
    for other in run.parent.iterdir():  # each has a whole model in it
        if other != run:
            shutil.rmtree(other)
    return report


def merged(job: Job, run: Path) -> Path:
    """Folder of the base with the adapter of a run, whole or not there."""
    folder = run / "merged"
    if not folder.is_dir():
        with new_folder(folder) as draft:
            merge.merge(job.base, run / train.ADAPTER, draft, dict(ModelManifest.load(job.base).generation))
    return folder


def learnable(job: Job) -> Lesson:
    """Read the feedback and filter it."""
    recipe, limits = job.recipe, job.recipe.filters
    came = read_events(recipe.feedback)
    found = outcomes(came)
    vocabulary = from_folder(job.base)
    left, passed = event_filters.run_filters(
        [accepted_of(one) for one in found],
        event_filters.filter_steps(
            count=lambda text: len(vocabulary.encode(text)),
            max_tokens=limits.max_tokens,
            near_distance=limits.near_distance,
            licenses=limits.licenses,
            finder=Provenance(Index(Path(recipe.dataset) / "attribution")),
            judged=what_judges(job),
        ),
    )
    teaching, judging, more = split(left, HeldOutDraw(recipe.held_out.share, recipe.held_out.salt), limits.contaminated_tokens)
    actions: dict[str, int] = dict(sorted(Counter[str](one.action for one in came).items()))
    for one in (*passed, *more) if came else ():
        say(f"{one.name}: {one.events_out} of {one.events_in} events" + "".join(f", {why} {n}" for why, n in one.reasons.items()))
    return Lesson(len(came), actions, tuple(teaching), tuple(judging), (*passed, *more))


def what_judges(job: Job) -> NgramIndex:
    """Runs of tokens of the problems that models are judged by, here and elsewhere."""
    runs = NgramIndex(job.recipe.filters.contaminated_tokens)
    runs.add("humaneval", ((one.prompt + one.canonical_solution, "Python") for one in problems.human_eval()))
    runs.add("test", ((one.text, one.language) for one in job.documents))
    return runs


def refuse_too_few(recipe: FinetuneRecipe, lesson: Lesson) -> None:
    """Raise InputError where too little is left, with the reasons that took most."""
    least, counts = recipe.least, (len(lesson.teaching), len(lesson.judging))
    if counts[0] >= least.train and counts[1] >= least.held_out:
        return
    reasons: Counter[str] = Counter()
    for step in lesson.passed:
        reasons.update({why: number for why, number in step.reasons.items() if why != "held_out"})
    told = ", ".join(f"{why} {number}" for why, number in reasons.most_common(3)) or "none left out"
    raise InputError(
        f"{recipe.feedback}: {lesson.events} events, of which {counts[0]} can teach and {counts[1]} can judge ({told}). "
        f"Wanted: at least {least.train} and {least.held_out} (least.train, least.held_out)."
    )


def trained(job: Job, lesson: Lesson) -> tuple[Adapted, Path]:
    """The run, by all that decides its weights. Returns what it says and its folder."""
    examples = lessons(job, lesson)
    recipe = job.recipe
    parts = [model_sha256(job.base), examples_sha256(examples), recipe.lora.model_dump(), recipe.training.model_dump()]
    folder = job.work / "runs" / key_of(training_code(), *parts)[:16]
    steps = -(-len(examples) // recipe.training.batch) * recipe.training.epochs
    with Bar("fine-tune", steps, "step") as bar, stop_requests() as must_stop:
        run = train.AdapterJob(job.base, examples, recipe.lora, recipe.training, folder)
        facts = train.train(run, must_stop, lambda done, _: bar.update(done))
    return facts, folder


def training_code() -> Code:
    """The code that makes a model of a base and examples."""
    return code_of(train.__name__, merge.__name__)


def lessons(job: Job, lesson: Lesson) -> list[LoraExample]:
    """What teaches, as token ids."""
    backend = open_backend(job.base, "transformers")
    try:
        end = from_folder(job.base).special(END_OF_TEXT)
        how = ExampleSettings(job.recipe.filters.max_tokens, end, job.recipe.training.plain_share)
        told = prepare_examples(backend, lesson.teaching, how)
        if count := round(job.recipe.training.replay * len(told)):
            told += replay_examples(backend, read_split(job.choice, "train"), count, job.recipe.training.seed)
        return told
    finally:
        backend.close()


def judged(job: Job, model: Path, lesson: Lesson) -> Results:
    """What a model says to all tasks."""
    recipe = job.recipe
    today = datetime.now(UTC).date().isoformat()
    limits = recipe.filters.max_tokens, recipe.judging.problems
    backend = open_backend(model, "transformers")
    try:
        sheet = describe(str(model), None, backend, job.choice, job.command)
        data = str(sheet.data and sheet.data.manifest_sha256)
        court = EvalSuite(tasks_of(recipe, TASKS), job.documents, data, lesson.judging, *limits, today)
        told = judge(backend, sheet.model.sha256, court, job.work / "judged")
    finally:
        backend.close()
    return results_of(sheet.model_copy(update={"model": sheet.model.model_copy(update={"name": recipe.name})}), told)


def describe_all(job: Job, lesson: Lesson, facts: Adapted, before: Results, after: Results) -> Finetune:
    """The report."""
    recipe, base = job.recipe, ModelManifest.load(job.base)
    titles = {task.name: task.title for task in after.tasks}
    changes = changes_of(compare(before, after).differences, titles)
    found = decide(changes, recipe.judging.measure, recipe.judging.margin)
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
        events=lesson.events,
        actions=lesson.actions,
        funnel=lesson.passed,
        train=len(lesson.teaching),
        held_out=len(lesson.judging),
        training=facts,
        measure=recipe.judging.measure,
        margin=recipe.judging.margin,
        changes=changes,
        found=found,
        sentence=sentence(found, changes, recipe.judging.measure),
    )
