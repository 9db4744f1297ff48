"""`seedbed inspect`."""

from __future__ import annotations

import json as jsons

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import Json, Limits, Paths


def inspect(paths: Paths, *, json: Json = False, recipe: Limits = None) -> None:
    """Show every filter's verdict on files or folders.

    Language, license evidence, syntax, complexity, and why a file would be dropped.
    """
    need("inspect")
    from pipeline.inspect import verdicts

    for verdict in verdicts(paths, recipe):
        terminal.show(jsons.dumps(verdict) if json else terminal.verdict(verdict))
