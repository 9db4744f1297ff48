"""`seedbed ablate`, and `seedbed ablation-run`, which it starts for each of its runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from seedbed.cli.extras import need

PLAN = Path("recipes/ablation.yaml")

Filter = Annotated[str, Argument(metavar="FILTER", help="filter to leave out, such as near_dedup, or all")]
Plan = Annotated[Path, Argument(metavar="RECIPE", help="plan of the ablation")]
Seeds = Annotated[int | None, Option(metavar="N", help="runs with and runs without the filter (default: the plan's)")]


def ablate(filter: Filter, recipe: Plan = PLAN, seeds: Seeds = None) -> None:  # noqa: A002 - the name of the argument in the help
    """Measure the effect of a dataset filter on trained models.

    Trains models in the same way on the dataset with and without the filter, and evaluates both on files that neither has seen.
    """
    need("ablate")
    from pipeline import ablate as stage

    stage.run(stage.make_job(filter, recipe, seeds))


def ablation_run(
    run: Annotated[Path, Argument(metavar="FOLDER", help="folder of the run, with its recipe and tokens")],
    *,
    recipe: Annotated[Path, Option(metavar="RECIPE", help="the plan, as recipes/ablation.yaml")],
    held_out: Annotated[Path, Option(metavar="DIR", help="dataset folder of the held-out files")],
    out: Annotated[Path, Option(metavar="DIR", help="folder of the results")],
) -> int:
    """Train, convert and evaluate one run of an ablation, in a process of its own."""
    need("ablate")
    from pipeline import ablation_run as stage

    return stage.run(run, recipe, held_out, out)
