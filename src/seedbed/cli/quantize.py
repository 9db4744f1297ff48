"""`seedbed quantize`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import TrainRecipe

Out = Annotated[Path | None, Option(metavar="DIR", help="folder of the result (default: build/models/<recipe name>-int4)")]


def quantize(recipe: TrainRecipe, out: Out = None) -> None:
    """Quantize a converted model to int4 with GPTQ.

    Calibrates on text that the model was trained on. Needs a GPU; has not been tried on one yet.
    """
    need("quantize")
    from pipeline import quantize as stage

    terminal.show(f"model: {stage.run(recipe, out)}")
