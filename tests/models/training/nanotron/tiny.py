"""A run of seconds: a tiny Llama on tokens that follow a rule, trained by the real command in processes of its own."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from datatrove.pipeline.tokens.tokenizer import TokenizedFile

from seedbed.core.config.training import load_train_recipe
from seedbed.core.io.files import file_sha256
from seedbed.models.tokens.manifest import DatasetFacts, TokensManifest

ROOT = Path(__file__).parents[4]
VOCABULARY, CONTEXT = 512, 32
RECIPE: dict[str, Any] = {
    "name": "tiny",
    "title": "Tiny",
    "dataset": {"path": "nowhere"},
    "tokenizer": {"vocabulary_size": VOCABULARY, "sample_bytes": 1000},
    "data": {"fim_rate": 0.0, "fim_spm_rate": 0.0, "language_temperature": 1.0},
    "model": {
        "layers": 2,
        "hidden": 32,
        "heads": 4,
        "kv_heads": 2,
        "feed_forward": 64,
        "context": CONTEXT,
        "tie_embeddings": True,
    },
    "optimizer": {
        "learning_rate": 0.01,
        "min_learning_rate": 0.001,
        "weight_decay": 0.1,
        "beta1": 0.9,
        "beta2": 0.95,
        "epsilon": 1e-8,
        "clip_grad": 1.0,
        "schedule": "cosine",
        "warmup_steps": 2,
    },
    "batch": {"sequences": 8, "micro_sequences": 2},
    "steps": 6,
    "seed": 3,
    "parallelism": {"dp": 1, "tp": 1, "pp": 1, "zero1": False},
    "checkpoints": {"every_steps": 3, "keep": 5},
    "validation": {"every_steps": 3, "sequences": 6},
    "hardware": {
        "name": "CPU",
        "precision": "float32",
        "memory_bytes": 10**9,
        "peak_flops": 1e10,
        "utilisation": 0.5,
    },
}


@dataclass(frozen=True)
class Place:
    """A recipe's file, its tokens, and the folder of its run."""

    recipe: Path
    tokens: Path
    out: Path

    def words(self, *more: str) -> list[str]:
        places = ["--tokens", str(self.tokens), "--out", str(self.out), "--device", "cpu"]
        return ["train", str(self.recipe), *places, *more]

    def command(self, *more: str, limit_kb: int | None = None) -> list[str]:
        """`limit_kb`: the largest file that may be written.

        A single process gets one core: two threads that wait for each other cost more than so small a model gains.
        """
        words = shlex.join([sys.executable, "-m", "seedbed.cli", *self.words(*more)])
        layout = yaml.safe_load(self.recipe.read_text())["parallelism"]
        is_alone = layout["dp"] * layout["tp"] * layout["pp"] == 1
        core = random.choice(sorted(os.sched_getaffinity(0)))
        share = f"taskset -c {core} " if is_alone and shutil.which("taskset") else ""
        limit = f"ulimit -f {limit_kb}; " if limit_kb else ""
        return ["bash", "-c", f"{limit}exec {share}{words}"]

    def train(self, *more: str, limit_kb: int | None = None) -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        command = self.command(*more, limit_kb=limit_kb)
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)

    def rows(self) -> list[dict[str, float]]:
        return [json.loads(line) for line in (self.out / "metrics.jsonl").read_text().splitlines()]

    def losses(self) -> list[float]:
        return [row["loss"] for row in self.rows() if "loss" in row]

    def validations(self) -> list[float]:
        return [row["validation_loss"] for row in self.rows() if "validation_loss" in row]

    def steps(self) -> list[int]:
        return sorted(int(path.name) for path in (self.out / "checkpoints").iterdir() if path.is_dir())


def place(folder: Path, **changes: Any) -> Place:
    """The tiny recipe with some sections changed: place(tmp, parallelism={"dp": 2}, steps=8)."""
    folder.mkdir(parents=True, exist_ok=True)
    merged = {key: {**RECIPE[key], **value} if isinstance(value, dict) else value for key, value in changes.items()}
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump({**RECIPE, **merged}, sort_keys=False))
    make_tokens(folder / "tokens", path)
    return Place(path, folder / "tokens", folder / "run")


def make_tokens(folder: Path, recipe: Path, *, train: int = 20_000, validation: int = 2_000) -> None:
    """Tokens that a model can learn: each follows from the one before, but for some noise."""
    counts = {"train": train, "validation": validation}
    for number, (split, count) in enumerate(counts.items()):
        (folder / split).mkdir(parents=True, exist_ok=True)
        for shard in range(2):
            written = TokenizedFile(str(folder / split), f"{shard:05d}.ds", token_size=2)
            written.write(sequence(count // 2, seed=10 * number + shard), None)
            written.close()
    tokenizer = folder / "tokenizer" / "tokenizer.json"
    tokenizer.parent.mkdir(exist_ok=True)
    tokenizer.write_text("{}")
    facts = TokensManifest(
        key="0" * 64,
        dataset=DatasetFacts(path="nowhere"),
        recipe_sha256=load_train_recipe(recipe).sha256,
        vocabulary_size=VOCABULARY,
        token_bytes=2,
        tokens=counts,
        bytes={split: 3 * count for split, count in counts.items()},
        languages={},
        tokenizer_sha256=file_sha256(tokenizer),
        versions={},
    )
    facts.save(folder)


def sequence(count: int, seed: int) -> list[int]:
    draws = np.random.default_rng(seed)
    noise, jumps = draws.integers(0, VOCABULARY, count), draws.random(count) < 0.1
    tokens = [0]
    for value, jump in zip(noise[1:], jumps[1:], strict=True):
        tokens.append(int(value) if jump else (5 * tokens[-1] + 7) % VOCABULARY)
    return tokens
