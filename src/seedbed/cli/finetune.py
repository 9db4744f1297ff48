"""`seedbed finetune`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from seedbed.cli.extras import need

Recipe = Annotated[Path, Argument(metavar="RECIPE", help="fine-tuning recipe, such as recipes/finetune/starter.yaml")]
Feedback = Annotated[str | None, Option(metavar="FOLDER_OR_ID", help="feedback to learn from (default: the recipe's)")]
Out = Annotated[Path | None, Option(metavar="DIR", help="folder of the report (default: build/finetunes/<recipe name>)")]
Publish = Annotated[
    str | None,
    Option(metavar="OWNER/NAME", help="repository for the model if it got better; the adapter goes to OWNER/NAME-adapter"),
]


def finetune(recipe: Recipe, *, feedback: Feedback = None, out: Out = None, publish: Publish = None) -> None:
    """Fine-tune a model on feedback.

    Filters the feedback, trains a LoRA adapter on it, and evaluates before and after. Writes adapter and model if the model
    got better. Continues where it stopped.
    """
    need("finetune")
    from pipeline import finetune as stage

    stage.run(stage.make_job(recipe, feedback=feedback, out=out), publish_to=publish)
