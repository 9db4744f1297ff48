"""A training loop as one would write it with transformers alone: `python -m tests.bench.transformers_loop RECIPE TOKENS WARM_UP`.

Prints the median tokens/s of its steps after the first WARM_UP.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

import torch
from datatrove.utils.dataset import DatatroveFolderDataset
from torch.utils.data import DataLoader
from transformers import LlamaForCausalLM

from seedbed.core.config.training import load_train_recipe
from seedbed.models.training.architecture import llama_config


def main(recipe_path: Path, tokens: Path, warm_up: int) -> None:
    recipe = load_train_recipe(recipe_path)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(recipe.seed)
    data = DatatroveFolderDataset(str(tokens / "train"), seq_len=recipe.model.context, filename_pattern="*.ds", token_size=2)
    loader = iter(DataLoader(data, batch_size=recipe.batch.sequences, shuffle=True))
    model = LlamaForCausalLM(llama_config(recipe))
    rate, betas = recipe.optimizer.learning_rate, (recipe.optimizer.beta1, recipe.optimizer.beta2)
    optimizer = torch.optim.AdamW(model.parameters(), rate, betas, weight_decay=recipe.optimizer.weight_decay, fused=True)
    seconds = []
    for _ in range(recipe.steps):
        start = time.perf_counter()
        ids = next(loader)["input_ids"][:, :-1]  # a window is one longer than what nanotron sees at once
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.optimizer.clip_grad)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
    print(recipe.batch.sequences * recipe.model.context / statistics.median(seconds[warm_up:]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
