"""`seedbed compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import Json

First = Annotated[Path, Argument(metavar="FIRST", help="results.json of an evaluation, or its folder")]
Second = Annotated[Path, Argument(metavar="SECOND", help="results.json of an evaluation, or its folder")]


def compare(first: First, second: Second, *, json: Json = False) -> None:
    """Compare two evaluations on the same problems.

    Prints each difference with a paired confidence interval. Refuses evaluations that are not comparable.
    """
    need("compare")
    from pipeline.compare import lines_of

    for line in lines_of(first, second, as_json=json):
        terminal.show(line)
