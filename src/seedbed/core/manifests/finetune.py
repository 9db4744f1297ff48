"""report.json of a fine-tuning: the funnel of the feedback, the training, the same tasks before and after, the decision."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import Field

from seedbed.core.manifests.base import Facts, ManifestFile, RecipeFacts, Software
from seedbed.core.manifests.scores import Better, HardwareFacts

PAGE: Final = "report.md"

Verdict = Literal["better", "worse", "unclear", "equal"]
Found = Literal["better", "no better", "worse elsewhere"]


class Passed(Facts):
    """One step of the funnel: events that came and went on, and how many each reason took out."""

    name: str
    meaning: str
    events_in: int
    events_out: int
    reasons: dict[str, int] = Field(default_factory=dict)


class Base(Facts):
    """The model that was fine-tuned: `sha256` is that of its weights and tokenizer, `id` where it is on a Hub."""

    name: str
    title: str
    id: str | None = None
    sha256: str


class Adapted(Facts):
    """The run. `parameters` are those of the adapter; losses in nats a token, of the first and the last logged step;
    `examples` are accepted texts and replayed windows, `tokens` those of one epoch that count for the loss.
    """

    method: Literal["LoRA"] = "LoRA"
    examples: int
    tokens: int
    steps: int
    parameters: int
    first_loss: float
    last_loss: float
    seconds: float
    device: str


class Change(Facts):
    """One figure before and after on the same problems; low and high are the ends of the paired 95 % interval of the
    difference, in the figure's unit.
    """

    task: str
    title: str
    measured: str
    unit: str
    better: Better
    before: float
    after: float
    difference: float
    low: float
    high: float
    problems: int
    verdict: Verdict


class Finetune(ManifestFile):
    """report.json: counts and figures alone, no text of any user."""

    file_name: ClassVar[str] = "report.json"
    written_by: ClassVar[str] = "`seedbed finetune`"

    name: str
    title: str
    command: str
    date: str
    hardware: HardwareFacts
    seedbed: Software
    versions: dict[str, str]
    recipe: RecipeFacts
    base: Base
    dataset: str
    events: int
    actions: dict[str, int]
    funnel: tuple[Passed, ...]
    train: int
    held_out: int
    training: Adapted
    measure: str
    margin: float
    changes: tuple[Change, ...]
    found: Found
    sentence: str
