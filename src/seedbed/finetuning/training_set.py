"""From feedback to a training set: read, filtered, split into events that teach and events that judge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.core.io.progress import say
from seedbed.core.manifests.finetune import Passed
from seedbed.data.attribution.index import Index
from seedbed.evaluation import problems
from seedbed.finetuning import event_filters
from seedbed.finetuning.contamination import NgramIndex
from seedbed.finetuning.event_filters import HeldOutDraw, split
from seedbed.finetuning.events import Accepted, accepted_of
from seedbed.finetuning.job import FinetuneJob
from seedbed.finetuning.recipe import FinetuneRecipe
from seedbed.models.inference.vocabulary import from_folder
from seedbed.serving.completion.provenance import Provenance
from seedbed.serving.feedback import outcomes, read_events


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What is left of the feedback: how many events came with which actions, those that teach, those that judge, the filters."""

    events: int
    actions: dict[str, int]
    teaching: tuple[Accepted, ...]
    judging: tuple[Accepted, ...]
    passed: tuple[Passed, ...]


def read_training_set(job: FinetuneJob) -> TrainingSet:
    """Read the feedback and filter it; say what each filter leaves."""
    recipe, limits = job.recipe, job.recipe.filters
    events = read_events(recipe.feedback)
    vocabulary = from_folder(job.base)
    left, passed = event_filters.run_filters(
        [accepted_of(outcome) for outcome in outcomes(events)],
        event_filters.filter_steps(
            count=lambda text: len(vocabulary.encode(text)),
            max_tokens=limits.max_tokens,
            near_distance=limits.near_distance,
            licenses=limits.licenses,
            finder=Provenance(Index(Path(recipe.dataset) / "attribution")),
            judged=benchmark_ngrams(job),
        ),
    )
    teaching, judging, more = split(left, HeldOutDraw(recipe.held_out.share, recipe.held_out.salt), limits.contaminated_tokens)
    actions: dict[str, int] = dict(sorted(Counter[str](event.action for event in events).items()))
    for step in (*passed, *more) if events else ():
        reasons = "".join(f", {why} {count}" for why, count in step.reasons.items())
        say(f"{step.name}: {step.events_out} of {step.events_in} events{reasons}")
    return TrainingSet(len(events), actions, tuple(teaching), tuple(judging), (*passed, *more))


def benchmark_ngrams(job: FinetuneJob) -> NgramIndex:
    """N-grams of the problems that models are judged by: HumanEval, and the test split of the dataset."""
    index = NgramIndex(job.recipe.filters.contaminated_tokens)
    index.add("humaneval", ((problem.prompt + problem.canonical_solution, "Python") for problem in problems.human_eval()))
    index.add("test", ((document.text, document.language) for document in job.documents))
    return index


def refuse_too_few(recipe: FinetuneRecipe, examples: TrainingSet) -> None:
    """Raises: InputError where too little is left, with the reasons that took most."""
    least, counts = recipe.least, (len(examples.teaching), len(examples.judging))
    if counts[0] >= least.train and counts[1] >= least.held_out:
        return
    reasons: Counter[str] = Counter()
    for step in examples.passed:
        reasons.update({why: number for why, number in step.reasons.items() if why != "held_out"})
    most = ", ".join(f"{why} {number}" for why, number in reasons.most_common(3)) or "none left out"
    raise InputError(
        f"{recipe.feedback}: {examples.events} events, of which {counts[0]} can teach and {counts[1]} can judge ({most}). "
        f"Wanted: at least {least.train} and {least.held_out} (least.train, least.held_out)."
    )
