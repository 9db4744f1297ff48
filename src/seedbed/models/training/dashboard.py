"""The metrics of a run on a trackio dashboard, where that package is installed. Not tried with it yet."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from seedbed.core.errors import MissingExtraError
from seedbed.models.training.metrics import Row


class Dashboard:
    """Sends rows to trackio from the one rank that reports; begins with the first row."""

    def __init__(self, project: str, name: str) -> None:
        if find_spec("trackio") is None:
            raise MissingExtraError("--trackio needs trackio, which is not installed: pip install trackio")
        self._project, self._name = project, name
        self._log: Callable[..., None] | None = None

    def show(self, row: Row) -> None:
        """Send a row under its step."""
        trackio = import_module("trackio")
        if self._log is None:
            trackio.init(project=self._project, name=self._name, resume="allow")
            self._log = trackio.log
        self._log({key: value for key, value in row.items() if key != "step"}, step=int(row["step"]))

    def close(self) -> None:
        """Let trackio send what it still holds."""
        if self._log is not None:
            import_module("trackio").finish()
