"""nanotron beside a plain transformers loop, and one process beside two: `python -m tests.bench.training [ROUNDS]`.

Same shapes, tokens a step, threads, precision and optimizer (fp32, fused AdamW, clipped gradients), each in a process of its
own, taking turns within each round; the tokens are those of `make train`. A round's speed is the median of its steps, the
first ones left out; shown are the median, the lowest and the highest of the rounds, and of their ratios.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import yaml

from seedbed.core.config.training import load_train_recipe
from seedbed.models.tokens.manifest import TokensManifest

ROOT = Path(__file__).parents[2]
RECIPE, TOKENS = ROOT / "recipes/train/starter.yaml", ROOT / "build/tokens/starter"
STEPS, WARM_UP = 14, 4


def main(rounds: int) -> None:
    if not (TOKENS / TokensManifest.file_name).exists():
        sys.exit("no tokens in build/tokens/starter. Run `make train` first.")
    cores = sorted(os.sched_getaffinity(0))
    both, one = cores[:2], cores[:1]
    speeds: defaultdict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        single, double = place(Path(folder) / "dp1", dp=1), place(Path(folder) / "dp2", dp=2)
        for number in range(rounds):
            speeds["transformers, 1 process, 2 threads"].append(transformers(single, both))
            speeds["nanotron, 1 process, 2 threads"].append(nanotron(single, both, number))
            speeds["nanotron, 2 processes (dp 2), 1 thread each"].append(nanotron(double, both, number))
            speeds["nanotron, 1 process, 1 thread"].append(nanotron(single, one, number))
    report(speeds)


def place(folder: Path, dp: int) -> Path:
    """The starter recipe for a few steps in a layout, with the starter's tokens beside it. Returns: its file."""
    recipe = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    recipe["steps"], recipe["parallelism"]["dp"] = STEPS, dp
    recipe["optimizer"] |= {"warmup_steps": 2, "decay_steps": 2}
    recipe["batch"]["micro_sequences"] = recipe["batch"]["sequences"] // dp
    recipe["checkpoints"]["every_steps"] = recipe["validation"]["every_steps"] = STEPS
    recipe["validation"]["sequences"] = 2
    (tokens := folder / "tokens").mkdir(parents=True)
    (path := folder / "starter.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    for name in ("train", "validation", "tokenizer"):
        (tokens / name).symlink_to(TOKENS / name)
    facts = TokensManifest.model_validate_json((TOKENS / TokensManifest.file_name).read_text(encoding="utf-8"))
    facts.model_copy(update={"recipe_sha256": load_train_recipe(path).sha256}).save(tokens)
    return path


def nanotron(recipe: Path, cores: list[int], number: int) -> float:
    """Tokens/s of a run of `seedbed train`."""
    out = recipe.parent / f"run-{len(cores)}-{number}"
    words = ["seedbed.cli", "train", str(recipe), "--tokens", str(recipe.parent / "tokens"), "--out", str(out), "--device", "cpu"]
    run(words, cores)
    rows = [json.loads(line) for line in (out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return statistics.median(row["tokens_per_s"] for row in rows if row["step"] > WARM_UP and "tokens_per_s" in row)


def transformers(recipe: Path, cores: list[int]) -> float:
    """Tokens/s of the plain loop."""
    return float(run(["tests.bench.transformers_loop", str(recipe), str(recipe.parent / "tokens"), str(WARM_UP)], cores))


def run(words: list[str], cores: list[int]) -> str:
    affinity = ",".join(map(str, cores))
    command = ["taskset", "-c", affinity, sys.executable, "-m", *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT).stdout


def report(speeds: dict[str, list[float]]) -> None:
    for name, values in speeds.items():
        print(f"{name:45}{spread(values, ',.0f')} tokens/s")
    plain, alone, two, one = speeds.values()
    print(f"nanotron / transformers                      {spread([a / b for a, b in zip(alone, plain, strict=True)], '.2f')}")
    print(f"2 processes / 1 process, 1 thread each       {spread([a / b for a, b in zip(two, one, strict=True)], '.2f')}")
    print(f"2 processes / 1 process of 2 threads         {spread([a / b for a, b in zip(two, alone, strict=True)], '.2f')}")


def spread(values: list[float], unit: str) -> str:
    return f"{statistics.median(values):{unit}} ({min(values):{unit}} to {max(values):{unit}})"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
