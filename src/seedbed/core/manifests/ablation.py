"""report.json of an ablation: a dataset with and without a filter, equal models trained on each, evaluated on the same files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final, Literal

from pydantic import JsonValue

from seedbed.core.manifests.base import Facts, ManifestFile

PLOT: Final = "plot.png"

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bits_per_byte": "bits per byte",
        "parses": "completions of code that parses",
        "exact_match": "next lines that are exact",
        "edit_similarity": "likeness of next lines",
    }
)
"""Metrics as people call them here."""

Verdict = Literal["better", "worse", "unclear"]
Found = Literal["better", "worse", "mixed", "nothing"]


class Arm(Facts):
    """One side: its training files, and what they come to. `tokens` are all that there are, of which a run sees its budget."""

    name: str
    files: int
    bytes: int
    projects: int
    tokens: int


class HeldOutFacts(Facts):
    """What both sides are judged on: files of projects that no side trains on, `removed` counts copies of training files."""

    files: int
    bytes: int
    projects: int
    languages: dict[str, int]
    removed: dict[str, int]


class ConfidenceInterval(Facts):
    """Ends of a 95 % interval, in the unit of its metric."""

    low: float
    high: float

    @property
    def side(self) -> int:
        """1 where all of it is above zero, -1 where all is below, 0 where zero is inside."""
        return (self.low > 0) - (self.high < 0)


class MetricOutcome(Facts):
    """One metric. `kept` and `without` have a value a seed, in the order of the seeds; `difference` is kept minus without.

    `over_seeds` is None for a single seed; `problems` counts files or questions.
    """

    task: str
    metric: str
    unit: str
    better: Literal["higher", "lower"]
    problems: int
    kept: tuple[float, ...]
    without: tuple[float, ...]
    difference: float
    over_seeds: ConfidenceInterval | None
    over_files: ConfidenceInterval
    verdict: Verdict


class AblationRecipeFacts(Facts):
    """The recipes that the runs followed, the data's by hash, so that a card can tell whether a report is its own."""

    data: str
    data_sha256: str
    train: str
    train_sha256: str
    plan: dict[str, JsonValue]


class Ablation(ManifestFile):
    """report.json. `kept` is the arm with all filters; `seconds` are of the work done for this report, by part.

    `processor`, `cores`: what it ran on; `version`, `commit`: of Seedbed.
    """

    file_name: ClassVar[str] = "report.json"
    written_by: ClassVar[str] = "`make ablate`"

    name: str
    command: str
    date: str
    processor: str
    cores: int
    version: str
    commit: str | None
    recipe: AblationRecipeFacts
    parameters: int
    steps: int
    tokens: int
    seeds: tuple[int, ...]
    kept: Arm
    without: Arm
    held_out: HeldOutFacts
    outcomes: tuple[MetricOutcome, ...]
    found: Found
    sentence: str
    seconds: dict[str, float]


def of_recipe(folder: Path, data_sha256: str) -> Iterator[Ablation]:
    """Reports below a folder that are of one data recipe, by name. Raises: ManifestError for a report that cannot be read."""
    reports = map(Ablation.load, sorted(folder.glob(f"*/{Ablation.file_name}")))
    return (report for report in reports if report.recipe.data_sha256 == data_sha256)
