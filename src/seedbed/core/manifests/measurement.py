"""Measurements of a method, as docs/evidence keeps them and a card shows them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import ConfigDict, ValidationError

from seedbed.core.errors import ManifestError
from seedbed.core.manifests.base import Facts, first_error


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
