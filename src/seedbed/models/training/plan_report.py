"""A plan as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from seedbed.core.text.numbers import count, percent, plural, size
from seedbed.models.training.plan import Plan

_MINUTES_BELOW_HOURS = 2.0


def lines(plan: Plan) -> Iterator[str]:
    """What a run takes: parameters by part, tokens, layout, memory of the fullest rank, FLOPs, time."""
    recipe, memory, card = plan.recipe, plan.memory, plan.recipe.hardware
    layout = recipe.parallelism
    yield f"{recipe.title} ({recipe.name})"
    yield f"parameters   {count(plan.parameters_total)}"
    for part, amount in plan.parameters.items():
        yield f"  {part:<14}{count(amount):>16}"
    yield f"tokens       {count(plan.tokens)}: {count(recipe.steps)} steps of {count(recipe.tokens_a_step)}"
    yield (
        f"ranks        {count(layout.ranks)}: dp {layout.dp}, tp {layout.tp}, pp {layout.pp}"
        f"{', ZeRO-1' if layout.zero1 else ''}; each {card.name} at {card.precision}"
    )
    yield f"memory       {size(memory.total)} of {size(card.memory_bytes)} on the fullest rank, without the framework's own"
    for name in ("weights", "gradients", "optimizer", "activations"):
        yield f"  {name:<14}{size(getattr(memory, name)):>16}"
    yield f"FLOPs        {plan.flops:.2e}"
    yield f"time         {duration(plan.hours)} at {percent(card.utilisation)} of {card.peak_flops:.2e} FLOP/s a rank"


def duration(hours: float) -> str:
    """'14 minutes' below two hours, else '86 hours', and days beyond four of them."""
    if hours < _MINUTES_BELOW_HOURS:
        return plural(max(1, round(hours * 60)), "minute")
    days = hours / 24
    return f"{hours:,.0f} hours" + (f" ({days:,.0f} days)" if days >= 4 else "")
