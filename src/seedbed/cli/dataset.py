"""`seedbed dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from seedbed.cli.extras import need

Recipe = Annotated[Path, Argument(metavar="RECIPE", help="dataset recipe, such as recipes/data/starter.yaml")]
Out = Annotated[
    Path | None,
    Option(
        metavar="DIR",
        help="folder of the dataset (default: build/datasets/<recipe name>); "
        "work in progress is kept in build/work of the current folder",
    ),
]
Tasks = Annotated[
    int | None,
    Option(
        metavar="N",
        help="number of shards (default: 4 per worker); never changes the output, but changing it invalidates cached work",
    ),
]
Workers = Annotated[int | None, Option(metavar="N", help="processes at once (default: all cores)")]
Strict = Annotated[bool, Option("--strict", help="Stop at a broken archive instead of leaving it out.")]
Until = Annotated[
    Literal["ingest", "clean", "pair", "dedup", "attribute", "notices", "package"] | None,
    Option(help="Stop after this stage; its documents are in build/work."),
]


def dataset(
    recipe: Recipe, *, out: Out = None, tasks: Tasks = None, workers: Workers = None, strict: Strict = False, until: Until = None
) -> None:
    """Build the dataset of a recipe."""
    need("dataset")
    from pipeline.dataset import build
    from pipeline.run import make_job

    build(make_job(recipe, out=out, tasks=tasks, workers=workers, strict=strict), until)
