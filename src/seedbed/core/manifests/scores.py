"""Scores of a model, and evaluations of the pipeline, as cards show them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, JsonValue, ValidationError

from seedbed.core.errors import ManifestError
from seedbed.core.manifests.base import Facts, Software, first_error


class Figure(Facts):
    """One measured number; `over` says how many cases it was measured on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    what: str
    value: float
    unit: str
    over: int | None = None
    target: str | None = None


class Measurement(Facts):
    """A measurement of a method, from docs/evidence; `about` names the section of the card that it belongs to."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title: str
    about: str
    command: str
    machine: str
    date: str
    figures: tuple[Figure, ...]
    path: str
    sha256: str


def read_measurement(path: Path, name: str) -> Measurement:
    """Read one measurement of docs/evidence; `name` is its path below the repository. Keys that no card shows are ignored.

    Raises: ManifestError when the file cannot be read, or lacks a key that a card shows.
    """
    try:
        text = path.read_text(encoding="utf-8")
        hashes = {"path": name, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        return Measurement.model_validate({**json.loads(text), **hashes})
    except ValidationError as error:
        raise ManifestError(f"{name}: not a measurement: {first_error(error)}. Allowed: the keys in docs/evidence.") from error
    except (OSError, ValueError, TypeError) as error:
        raise ManifestError(f"{name}: not a measurement: {error}. Allowed: the keys in docs/evidence.") from error


Better = Literal["higher", "lower"]


class Score(Facts):
    """One figure: a statistic of a metric over problems, with its 95 % bootstrap interval over them.

    `group` is the language it was measured on, empty for all problems together.
    """

    metric: str
    unit: str
    better: Better
    statistic: Literal["mean", "p50", "p95"] = "mean"
    group: str = ""
    value: float
    low: float
    high: float
    problems: int


class TaskScores(Facts):
    """One task. `recipe` is the task in full, `problems_sha256` the hash of all that was asked, `limit` the most problems that
    were, None for all; `seconds` is the time of asking and judging; `not_run` says why nothing was asked.
    """

    name: str
    title: str
    kind: str
    sha256: str
    recipe: dict[str, JsonValue]
    problems_sha256: str = ""
    limit: int | None = None
    date: str = ""
    seconds: float = 0.0
    scores: tuple[Score, ...] = ()
    not_run: str | None = None


class EvaluatedModel(Facts):
    """The model: `sha256` is that of its weights (or of its GGUF file), empty for one behind a server."""

    name: str
    id: str | None = None
    revision: str | None = None
    sha256: str
    backend: str


class EvaluatedData(Facts):
    """The dataset whose test split was used."""

    name: str
    id: str | None = None
    revision: str | None = None
    manifest_sha256: str | None = None


class HardwareFacts(Facts):
    """What it ran on."""

    name: str
    count: int


class ScoreSheet(Facts):
    """One evaluation."""

    model: EvaluatedModel
    data: EvaluatedData | None = None
    date: str
    command: str
    hardware: HardwareFacts
    seedbed: Software
    versions: dict[str, str]
    tasks: tuple[TaskScores, ...]


def words_of(score: Score) -> str:
    """What was measured, for people: `exact match`, `first token, p50`.

    >>> score = Score(metric="first_token_ms", unit="ms", better="lower", statistic="p50", value=1, low=1, high=1, problems=3)
    >>> words_of(score)
    'first token, p50'
    """
    words = score.metric.removesuffix(f"_{score.unit}").replace("_", " ")
    return words if score.statistic == "mean" else f"{words}, {score.statistic}"
