"""A run as the stages before conversion leave it, at a tiny size: tokens, a checkpoint by nanotron, run.json."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from tokenizers import Tokenizer

from seedbed.core.config.training import load_train_recipe
from seedbed.core.io.files import file_sha256
from seedbed.models.tokens import tokenizer as tokenizers_of_ours
from seedbed.models.tokens.manifest import DatasetFacts, LanguageFacts, TokensManifest
from seedbed.models.training.nanotron import checkpoints
from tests.models.layouts import SHAPE, VOCABULARY, Layout

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "tests" / "corpus" / "code").glob("*.py.txt"))
"""Copies of some of our modules that no longer change: what tiny models write must not change with our own code."""

STEP = 6


@dataclass(frozen=True)
class TinyRun:
    """build/ of a recipe `tiny`, and the recipe."""

    build: Path
    recipe: Path

    @property
    def tokens(self) -> Path:
        return self.build / "tokens" / "tiny"

    @property
    def run(self) -> Path:
        return self.build / "runs" / "tiny"

    @property
    def checkpoint(self) -> Path:
        return self.run / "checkpoints" / str(STEP)

    @property
    def model(self) -> Path:
        return self.build / "models" / "tiny"

    def convert(self, *options: str) -> subprocess.CompletedProcess[str]:
        """`seedbed convert`, as `make` calls it."""
        command = [sys.executable, "-m", "seedbed.cli", "convert", str(self.recipe), *options]
        return subprocess.run(command, cwd=self.build.parent, capture_output=True, text=True, check=False)


def make_tokenizer(folder: Path, size: int = VOCABULARY) -> None:
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    made = tokenizers_of_ours.train(texts, size, sum(map(len, texts)))
    tokenizers_of_ours.save(made, folder, SHAPE["max_position_embeddings"])


def make_run(place: Path, checkpoint: Path, layout: Layout, tokenizer: Path) -> TinyRun:
    """A run in `place` whose newest checkpoint is a copy of `checkpoint`."""
    tiny = TinyRun(place / "build", place / "tiny.yaml")
    place.mkdir(parents=True, exist_ok=True)
    tiny.recipe.write_text(yaml.safe_dump(_recipe(layout)), encoding="utf-8")
    _write_tokens(tiny, tokenizer)
    stamp(tiny, checkpoint)
    (tiny.run / "run.json").write_text(json.dumps(_run_facts(tiny)), encoding="utf-8")
    return tiny


def stamp(tiny: TinyRun, checkpoint: Path) -> None:
    """Put a checkpoint in its place as the trainer does."""
    recipe = load_train_recipe(tiny.recipe)
    folder = tiny.run / "checkpoints"
    shutil.copytree(checkpoint, checkpoints.draft(folder) / str(STEP))
    facts = checkpoints.Stamp(
        recipe=recipe.name, recipe_sha256=recipe.sha256, tokens_key="0" * 64, precision="float32", step=STEP, seconds=1.0
    )
    checkpoints.put(folder, facts, keep=2)


def _write_tokens(tiny: TinyRun, tokenizer: Path) -> None:
    shutil.copytree(tokenizer, tiny.tokens / "tokenizer")
    made = Tokenizer.from_file(str(tokenizer / "tokenizer.json"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES[:4])
    ids = made.encode(text, add_special_tokens=False).ids
    for split in ("train", "validation"):
        (tiny.tokens / split).mkdir()
        np.array(ids, dtype=np.uint16).tofile(tiny.tokens / split / "00000_seedbed.ds")
    facts = TokensManifest(
        key="0" * 64,
        dataset=DatasetFacts(id="alice/code", revision="ab" * 20),
        recipe_sha256=load_train_recipe(tiny.recipe).sha256,
        vocabulary_size=VOCABULARY,
        token_bytes=2,
        tokens={"train": len(ids), "validation": len(ids)},
        bytes={"train": len(text), "validation": len(text)},
        languages={"Python": LanguageFacts(files=4, bytes=len(text), epochs=1.0)},
        tokenizer_sha256=file_sha256(tokenizer / "tokenizer.json"),
        versions={},
    )
    facts.save(tiny.tokens)


def _run_facts(tiny: TinyRun) -> dict[str, object]:
    recipe = load_train_recipe(tiny.recipe)
    return {
        "recipe": {"name": recipe.name, "sha256": recipe.sha256},
        "tokens_sha256": file_sha256(tiny.tokens / "tokens.json"),
        "device": "cpu",
        "precision": "float32",
        "hardware": {"name": "a processor", "count": 2},
        "parallelism": recipe.parallelism.model_dump(),
        "step": STEP,
        "steps": recipe.steps,
        "is_complete": True,
        "tokens": STEP * recipe.tokens_a_step,
        "seconds": 1.5,
        "tokens_per_s": 1000.0,
        "last_checkpoint": f"checkpoints/{STEP}",
        "metrics": "metrics.jsonl",
        "validation": [{"step": 0, "validation_loss": 6.2, "bits_per_byte": 4.0}],
        "versions": {"nanotron": "0.4"},
        "commit": None,
    }


def _recipe(layout: Layout) -> dict[str, object]:
    """A training recipe of the shape of `layouts`."""
    data = yaml.safe_load((ROOT / "recipes" / "train" / "starter.yaml").read_text(encoding="utf-8"))
    return data | {
        "name": "tiny",
        "title": "A tiny model",
        "dataset": {"id": "alice/code"},
        "tokenizer": {"vocabulary_size": VOCABULARY, "sample_bytes": 1000},
        "model": {
            "layers": SHAPE["num_hidden_layers"],
            "hidden": SHAPE["hidden_size"],
            "heads": SHAPE["num_attention_heads"],
            "kv_heads": layout.kv_heads,
            "feed_forward": SHAPE["intermediate_size"],
            "context": SHAPE["max_position_embeddings"],
            "tie_embeddings": layout.tied,
        },
        "optimizer": data["optimizer"] | {"schedule": "cosine", "warmup_steps": 1, "decay_steps": 0},
        "batch": {"sequences": 4, "micro_sequences": 2},
        "steps": STEP,
        "parallelism": {"dp": layout.dp, "tp": layout.tp, "pp": layout.pp},
    }


def encode(folder: Path, text: str) -> list[int]:
    ids: list[int] = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text, add_special_tokens=False).ids
    return ids
