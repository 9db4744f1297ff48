"""`seedbed convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import TrainRecipe

Tokens = Annotated[Path | None, Option(metavar="DIR", help="tokens of the run (default: build/tokens/<recipe name>)")]
Run = Annotated[Path | None, Option(metavar="DIR", help="folder of the run (default: build/runs/<recipe name>)")]
Out = Annotated[Path | None, Option(metavar="DIR", help="folder of the model (default: build/models/<recipe name>)")]
NoGguf = Annotated[bool, Option("--no-gguf", help="Leave the GGUF files out.")]


def convert(recipe: TrainRecipe, *, tokens: Tokens = None, run: Run = None, out: Out = None, no_gguf: NoGguf = False) -> None:
    """Convert the newest checkpoint of a run to a model folder.

    The folder loads in transformers and, with its GGUF files, in llama.cpp. It includes the model's card.
    """
    need("convert")
    from pipeline import convert as stage
    from seedbed.models.conversion.model_folder import make_job

    job = make_job(recipe, tokens, run, out)
    manifest = stage.run(job, with_gguf=not no_gguf)
    terminal.show(f"model: {job.out} ({manifest.parameters_total / 1e6:.1f} M parameters)")
