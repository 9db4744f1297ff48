"""`seedbed plan`."""

from __future__ import annotations

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import TrainRecipe


def plan(recipe: TrainRecipe) -> None:
    """Compute what training a recipe takes.

    Parameters, tokens, memory, FLOPs, hours. A layout that cannot work is refused.
    """
    need("plan")
    from pipeline.plan import lines_of

    for line in lines_of(recipe):
        terminal.show(line)
