"""`seedbed inspect`."""

from __future__ import annotations

import json as jsons
from threading import Thread
from typing import Annotated, Literal

from typer import Option

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import Json, Limits, Paths

Fail = Annotated[
    Literal["any", "license"] | None,
    Option(help="Show only files that would be dropped, for any reason or for their license; exit code 1 if there is one."),
]


def inspect(paths: Paths, *, json: Json = False, recipe: Limits = None, fail: Fail = None) -> int:
    """Show every filter's verdict on files or folders.

    Language, license evidence, syntax, complexity, and why a file would be dropped.
    """
    need("inspect")
    from seedbed.core.text import credentials

    Thread(target=credentials.preload).start()  # compiled code, beside half a second of imports
    from pipeline.inspect import rejects, verdicts

    is_failed = False
    for verdict in verdicts(paths, recipe):
        if fail and not rejects(verdict, fail):
            continue
        is_failed = fail is not None
        terminal.show(jsons.dumps(verdict) if json else terminal.verdict(verdict))
    return int(is_failed)
