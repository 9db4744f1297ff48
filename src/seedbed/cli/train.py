"""`seedbed train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Option

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import TrainRecipe

Resume = Annotated[bool, Option("--resume", help="Continue from the newest checkpoint, if there is one.")]
Tokens = Annotated[Path | None, Option(metavar="DIR", help="tokens to train on (default: build/tokens/<recipe name>)")]
Out = Annotated[Path | None, Option(metavar="DIR", help="folder of the run (default: build/runs/<recipe name>)")]
Device = Annotated[Literal["cpu", "gpu"] | None, Option(help="device to train on (default: gpu if there is one)")]
Trackio = Annotated[bool, Option("--trackio", help="Show the metrics on a trackio dashboard, if trackio is installed.")]
Slurm = Annotated[int | None, Option(metavar="N", help="Print a batch script for N nodes instead of training.")]


def train(
    recipe: TrainRecipe,
    *,
    resume: Resume = False,
    tokens: Tokens = None,
    out: Out = None,
    device: Device = None,
    trackio: Trackio = False,
    slurm: Slurm = None,
) -> int:
    """Train a model on a recipe's tokens with nanotron.

    Ctrl-C or SIGTERM writes a checkpoint; --resume continues from it.

    Under torchrun: torchrun --nproc-per-node N -m seedbed.cli train RECIPE.
    """
    need("train")
    from pipeline import train as stage

    request = stage.Request(recipe, tokens, out, device, resume=resume, on_trackio=trackio)
    if slurm is None:
        return stage.run(request)
    terminal.show(stage.batch_script(request, slurm).removesuffix("\n"))
    return 0
