"""What a training run will take, before anything starts; an impossible layout is refused with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import RecipeError
from seedbed.core.text.numbers import size
from seedbed.models.training.architecture import parameters

_OPTIMIZER_BYTES = 8
"""AdamW: two moments in fp32 a parameter."""

_SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes on the fullest rank."""

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        """Bytes in all; what the framework itself takes comes on top."""
        return self.weights + self.gradients + self.optimizer + self.activations


@dataclass(frozen=True, slots=True)
class Plan:
    """Parameters by part, tokens, memory a rank, FLOPs in all, hours at the recipe's utilisation."""

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


def plan(recipe: TrainRecipe) -> Plan:
    """Reckon a run.

    Raises: RecipeError for a layout that cannot work, naming the keys and what would.
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
    return Plan(recipe, counts, memory, flops, hours)


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
    """Bytes on the fullest rank.

    Weights in the recipe's precision, gradients in fp32; AdamW's two moments, and in bf16 the fp32 master copy, spread over
    dp with ZeRO-1. Activations are what the backward pass of a Llama layer keeps without recomputation and with an attention
    that stores no scores: a token's inputs of each matrix product and norm; and the logits with their gradient in fp32.
    An estimate: it leaves out the framework's own buffers.
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


def flops_a_token(recipe: TrainRecipe, count: int) -> float:
    """FLOPs of one token, forwards and backwards.

    6 a parameter (embeddings look up, so they count only where they are the output head too), and 12 * layers * hidden *
    context / 2 for causal attention. Source: Kaplan et al. 2020 (arXiv 2001.08361), appendix B of PaLM (arXiv 2204.02311).
    """
    shape = recipe.model
    looked_up = 0 if shape.tie_embeddings else recipe.tokenizer.vocabulary_size * shape.hidden
    return 6.0 * (count - looked_up) + 6.0 * shape.layers * shape.hidden * shape.context


def _refusal(recipe: TrainRecipe, key: str, what: str, allowed: str) -> RecipeError:
    return RecipeError(f"{recipe.name}: {key}: {what}. Allowed: {allowed}. See recipes/README.md#train.")
