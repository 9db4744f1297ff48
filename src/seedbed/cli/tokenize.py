"""`seedbed tokenize`."""

from __future__ import annotations

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import TrainRecipe


def tokenize(recipe: TrainRecipe) -> None:
    """Train a tokenizer and write the dataset as tokens.

    Reads the dataset that the recipe names. Writes build/tokens/<recipe name>.
    """
    need("tokenize")
    from pipeline import tokenize as stage
    from seedbed.models.tokens.token_job import report

    job = stage.make_job(recipe)
    terminal.show(report(job, stage.run(job)))
