"""Expand a recipe to nanotron's full configuration, which is kept with the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from nanotron.config import Config, DataArgs

from seedbed.core.config.training import Optimizer, TrainRecipe
from seedbed.core.errors import RecipeError
from seedbed.models.training.run import Device, TrainingRun

INITIAL_DEVIATION: Final = 0.02
"""Standard deviation of the initial weights. Source: nanotron's LlamaConfig.initializer_range."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Settings that depend on the device, not on the recipe."""

    dtype: str
    accumulate_in_fp32: bool
    fused_adam: bool
    loading_workers: int


OVERLAYS: Final[dict[Device, Overlay]] = {
    "cpu": Overlay("float32", accumulate_in_fp32=False, fused_adam=True, loading_workers=0),
    "gpu": Overlay("bfloat16", accumulate_in_fp32=True, fused_adam=True, loading_workers=1),
}


@dataclass
class TokenFolder:
    """A folder of datatrove's .ds files; `token_size` in bytes a token."""

    dataset_folder: str
    token_size: int


@dataclass
class TokenData(DataArgs):
    """Tokens in place of raw text, the only data that nanotron 0.4 supports."""

    dataset: TokenFolder | None = None
    seed: int | None = None


@dataclass
class TrainConfig(Config):
    """nanotron's configuration with tokens as data. Raises: RecipeError for a setting that nanotron 0.4 computes wrongly."""

    data: TokenData | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.parallelism.tp_linear_async_communication:
            raise RecipeError(
                "parallelism.tp_linear_async_communication: true: nanotron 0.4 computes wrong gradients with it. Allowed: false."
            )


def expand(run: TrainingRun) -> dict[str, Any]:
    """The configuration of a run with every key, as plain data for YAML."""
    recipe, overlay = run.recipe, OVERLAYS[run.device]
    return {
        "general": _general(recipe),
        "parallelism": _parallelism(recipe),
        "model": _model(recipe, overlay),
        "tokenizer": {
            "tokenizer_name_or_path": str(run.tokens_folder / "tokenizer"),
            "tokenizer_revision": None,
            "tokenizer_max_length": None,
        },
        "checkpoints": {
            "checkpoints_path": str(run.checkpoints),
            "checkpoint_interval": recipe.checkpoints.every_steps,
            "save_initial_state": False,
            "resume_checkpoint_path": None,
            "checkpoints_path_is_shared_file_system": True,
        },
        "logging": {"log_level": "error", "log_level_replica": "error", "iteration_step_info_interval": 1},
        "tokens": {
            "sequence_length": recipe.model.context,
            "train_steps": recipe.steps,
            "micro_batch_size": recipe.batch.micro_sequences,
            "batch_accumulation_per_replica": micro_batches(recipe),
            "val_check_interval": -1,
            "limit_val_batches": 0,
            "limit_test_batches": 0,
        },
        "optimizer": _optimizer(recipe, overlay),
        "data": {
            "dataset": {"dataset_folder": str(run.tokens_folder / "train"), "token_size": run.tokens.token_bytes},
            "seed": recipe.seed,
            "num_loading_workers": overlay.loading_workers,
        },
        "profiler": None,
        "lighteval": None,
    }


def micro_batches(recipe: TrainRecipe) -> int:
    """Forward passes per rank and step."""
    return recipe.batch.sequences // (recipe.batch.micro_sequences * recipe.parallelism.dp)


def _general(recipe: TrainRecipe) -> dict[str, Any]:
    return {
        "project": "seedbed",
        "run": recipe.name,
        "seed": recipe.seed,
        "step": None,
        "consumed_train_samples": None,
        "benchmark_csv_path": None,
        "ignore_sanity_checks": True,
    }


def _parallelism(recipe: TrainRecipe) -> dict[str, Any]:
    """1F1B keeps fewer activations than AFAB, but needs enough micro-batches to fill the pipeline."""
    layout = recipe.parallelism
    return {
        "dp": layout.dp,
        "pp": layout.pp,
        "tp": layout.tp,
        "pp_engine": "1f1b" if layout.pp > 1 and micro_batches(recipe) >= layout.pp else "afab",
        "tp_mode": "ALL_REDUCE",
        "tp_linear_async_communication": False,
        "expert_parallel_size": 1,
    }


def _model(recipe: TrainRecipe, overlay: Overlay) -> dict[str, Any]:
    shape = recipe.model
    return {
        "model_config": {
            "bos_token_id": 0,
            "eos_token_id": 0,
            "hidden_act": "silu",
            "hidden_size": shape.hidden,
            "initializer_range": INITIAL_DEVIATION,
            "intermediate_size": shape.feed_forward,
            "is_llama_config": True,
            "max_position_embeddings": shape.context,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "num_key_value_heads": shape.kv_heads,
            "pad_token_id": None,  # each tensor-parallel shard would apply it to its own rows, and not train that row
            "pretraining_tp": 1,
            "rms_norm_eps": 1e-6,
            "rope_scaling": None,
            "tie_word_embeddings": shape.tie_embeddings,
            "use_cache": True,
            "vocab_size": recipe.tokenizer.vocabulary_size,
        },
        "init_method": {"std": INITIAL_DEVIATION},
        "dtype": overlay.dtype,
        "make_vocab_size_divisible_by": 1,
        "ddp_bucket_cap_mb": 25,
    }


def _optimizer(recipe: TrainRecipe, overlay: Overlay) -> dict[str, Any]:
    choice = recipe.optimizer
    return {
        "zero_stage": int(recipe.parallelism.zero1),
        "weight_decay": choice.weight_decay,
        "clip_grad": choice.clip_grad,
        "accumulate_grad_in_fp32": overlay.accumulate_in_fp32,
        "adam_eps": choice.epsilon,
        "adam_beta1": choice.beta1,
        "adam_beta2": choice.beta2,
        "torch_adam_is_fused": overlay.fused_adam,
        "learning_rate_scheduler": _schedule(choice, recipe.steps),
    }


def _schedule(choice: Optimizer, steps: int) -> dict[str, Any]:
    """Cosine after the warm-up, or constant and then linear over the last `decay_steps`."""
    is_cosine = choice.schedule == "cosine"
    decay = steps - choice.warmup_steps if is_cosine else choice.decay_steps
    return {
        "learning_rate": choice.learning_rate,
        "lr_warmup_steps": choice.warmup_steps,
        "lr_warmup_style": "linear" if choice.warmup_steps else "constant",  # linear over 0 steps starts at rate 0
        "lr_decay_style": "cosine" if is_cosine else "linear",
        "lr_decay_steps": decay,
        "lr_decay_starting_step": steps - decay,
        "min_decay_lr": choice.min_learning_rate,
    }
