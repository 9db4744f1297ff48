"""`seedbed plan`."""

from __future__ import annotations

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import TrainRecipe


def plan(recipe: TrainRecipe) -> None:
    """Estimate the memory and time that training a recipe takes.

    Prints parameters, tokens, memory, FLOPs and hours. Refuses a parallel layout that cannot work.
    """
    need("plan")
    from pipeline.plan import lines_of

    for line in lines_of(recipe):
        terminal.show(line)
