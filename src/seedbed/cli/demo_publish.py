"""`seedbed demo-publish`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from seedbed.cli.extras import need

Folder = Annotated[Path, Argument(metavar="FOLDER", help="a built dataset")]
Home = Annotated[Path, Option("--dir", metavar="DIR", help="folder of the Hub")]
Stay = Annotated[bool, Option("--stay", help="Keep serving until ctrl-C; the default on a terminal.")]


def demo_publish(
    folder: Folder = Path("build/datasets/starter"), *, home: Home = Path("build/demo-hub"), stay: Stay = False
) -> None:
    """Publish a dataset to a local Hub and load it back."""
    need("demo-publish")
    from pipeline import demo_publish as stage

    stage.run(folder, home.resolve(), stay=stay or sys.stdin.isatty())
