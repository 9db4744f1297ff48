"""What a training run will need: parameters, memory, FLOPs, time. An impossible layout is an error with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import RecipeError
from seedbed.core.text.formatting import count, percent, plural, size
from seedbed.models.training.architecture import parameters

_OPTIMIZER_BYTES: Final = 8
"""AdamW: two fp32 moments per parameter."""

_SECONDS_AN_HOUR: Final = 3600
_HOURS_IN_MINUTES: Final = 2.0
_HOURS_IN_DAYS: Final = 4 * 24
"""Shorter times are stated in minutes; longer ones in days too."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes on the fullest rank."""

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        """Sum, without the framework's own buffers."""
        return self.weights + self.gradients + self.optimizer + self.activations


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Parameters by part, memory of the fullest rank, FLOPs of the run, hours at the recipe's utilisation."""

    recipe: TrainRecipe
    parameters: dict[str, int]
    memory: Memory
    flops: float
    hours: float

    @property
    def parameters_total(self) -> int:
        """Parameters of the whole model."""
        return sum(self.parameters.values())

    @property
    def tokens(self) -> int:
        """Tokens that the run trains on."""
        return self.recipe.steps * self.recipe.tokens_a_step


def plan(recipe: TrainRecipe) -> TrainingPlan:
    """Plan a run.

    Raises: RecipeError for a layout that cannot work, with its keys and what is allowed.
    """
    refuse_impossible(recipe)
    counts = parameters(recipe)
    memory = memory_of(recipe, counts)
    card = recipe.hardware
    if memory.total > card.memory_bytes:
        raise _refusal(
            recipe,
            "hardware.memory_bytes",
            f"a rank needs {size(memory.total)}, {card.name} has {size(card.memory_bytes)}",
            "a larger parallelism.tp, pp or (with zero1) dp, or a smaller batch.micro_sequences",
        )
    flops = flops_a_token(recipe, sum(counts.values())) * recipe.steps * recipe.tokens_a_step
    hours = flops / (card.peak_flops * card.utilisation * recipe.parallelism.ranks) / _SECONDS_AN_HOUR
    return TrainingPlan(recipe, counts, memory, flops, hours)


def refuse_impossible(recipe: TrainRecipe) -> None:
    """Raise RecipeError where counts do not divide."""
    shape, layout, batch = recipe.model, recipe.parallelism, recipe.batch
    for key, amount in (
        ("model.heads", shape.heads),
        ("model.kv_heads", shape.kv_heads),
        ("model.feed_forward", shape.feed_forward),
        ("tokenizer.vocabulary_size", recipe.tokenizer.vocabulary_size),
    ):
        if amount % layout.tp:
            raise _refusal(recipe, key, f"{amount} does not divide by parallelism.tp {layout.tp}", f"a multiple of {layout.tp}")
    per_pass = layout.dp * batch.micro_sequences
    if batch.sequences % per_pass:
        what = f"{batch.sequences} does not divide by dp {layout.dp} times micro_sequences {batch.micro_sequences}"
        raise _refusal(recipe, "batch.sequences", what, f"a multiple of {per_pass}")
    if layout.pp > shape.layers:
        raise _refusal(recipe, "parallelism.pp", f"{layout.pp} stages for {shape.layers} layers", f"at most {shape.layers}")


def memory_of(recipe: TrainRecipe, counts: dict[str, int]) -> Memory:
    """Memory of the fullest rank.

    Weights in the recipe's precision, gradients in fp32. AdamW's two moments, and for bf16 the fp32 master weights, divided by
    dp with ZeRO-1. Activations: the inputs of each matrix product and norm of a Llama layer, kept for the backward pass, with
    an attention that stores no scores; and the fp32 logits with their gradient.
    Unit: bytes.  Error: an estimate, without the framework's own buffers.
    """
    layout, shape = recipe.parallelism, recipe.model
    is_bf16 = recipe.hardware.precision == "bfloat16"
    width = 2 if is_bf16 else 4
    edge = counts["embeddings"] + counts.get("output head", 0)
    inner = sum(counts.values()) - edge
    layers = -(-shape.layers // layout.pp)
    mine = (inner * layers // shape.layers + (edge if layout.pp == 1 else max(counts["embeddings"], edge // 2))) // layout.tp
    states = mine * (_OPTIMIZER_BYTES + (4 if is_bf16 else 0))
    tokens = recipe.batch.micro_sequences * shape.context
    features = 2 * shape.hidden + 4 * shape.hidden + 2 * shape.kv_heads * shape.head_width + 3 * shape.feed_forward
    in_flight = min(layout.pp, recipe.batch.sequences // (layout.dp * recipe.batch.micro_sequences))
    return Memory(
        weights=mine * width,
        gradients=mine * 4,
        optimizer=states // (layout.dp if layout.zero1 else 1),
        activations=tokens * (features * layers * in_flight * width + 2 * 4 * recipe.tokenizer.vocabulary_size) // layout.tp,
    )


def flops_a_token(recipe: TrainRecipe, parameters_total: int) -> float:
    """Compute of one token, forward and backward.

    6 per parameter, without input embeddings unless tied; 12 * layers * hidden * context / 2 for causal attention.
    Unit: FLOPs per token.  Source: Kaplan et al. 2020 (arXiv 2001.08361); PaLM, appendix B (arXiv 2204.02311).
    """
    shape = recipe.model
    looked_up = 0 if shape.tie_embeddings else recipe.tokenizer.vocabulary_size * shape.hidden
    return 6.0 * (parameters_total - looked_up) + 6.0 * shape.layers * shape.hidden * shape.context


def plan_lines(plan: TrainingPlan) -> Iterator[str]:
    """A plan as lines for a terminal."""
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
    """A time for people: '14 minutes', '86 hours', '120 hours (5 days)'."""
    if hours < _HOURS_IN_MINUTES:
        return plural(max(1, round(hours * 60)), "minute")
    days = hours / 24
    return f"{hours:,.0f} hours" + (f" ({days:,.0f} days)" if hours >= _HOURS_IN_DAYS else "")


def _refusal(recipe: TrainRecipe, key: str, what: str, allowed: str) -> RecipeError:
    return RecipeError(f"{recipe.name}: {key}: {what}. Allowed: {allowed}. See recipes/README.md#train.")
