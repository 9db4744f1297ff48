"""`seedbed release`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from seedbed.cli.extras import need

Recipe = Annotated[Path, Argument(metavar="RECIPE", help="release recipe, such as recipes/release/starter.yaml")]
DryRun = Annotated[bool, Option("--dry-run", help="Print what would change; send nothing.")]


def release(recipe: Recipe, *, dry_run: DryRun = False) -> None:
    """Publish dataset, model and Space, linked to each other.

    Also adds them to a collection.
    """
    need("release")
    from pipeline import publish as stage

    stage.release(recipe, dry_run=dry_run)
