"""Tiny checkpoints that nanotron itself writes: the same weights whatever the layout, with every norm off its first value.

`torchrun --nproc-per-node N -m tests.models.layouts FOLDER NAME...` writes FOLDER/NAME for each layout of N ranks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

VOCABULARY = 512
SHAPE = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-5,
    "hidden_act": "silu",
    "initializer_range": 0.02,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 1,
    "rope_scaling": None,
}


@dataclass(frozen=True)
class Layout:
    dp: int = 1
    tp: int = 1
    pp: int = 1
    tied: bool = False
    kv_heads: int = 4

    @property
    def ranks(self) -> int:
        return self.dp * self.tp * self.pp


LAYOUTS = {
    "tp1": Layout(),
    "tp1-tied-gqa": Layout(tied=True, kv_heads=2),
    "dp2": Layout(dp=2),
    "tp2": Layout(tp=2),
    "tp2-tied-gqa": Layout(tp=2, tied=True, kv_heads=2),
    "pp2": Layout(pp=2),
    "pp2-tied-gqa": Layout(pp=2, tied=True, kv_heads=2),
}
MANY_RANKS = {"tp2-pp2-tied-gqa": Layout(tp=2, pp=2, tied=True, kv_heads=2)}


def make(folder: Path, layouts: dict[str, Layout]) -> None:
    """Write checkpoints, each number of ranks in one go."""
    for ranks in sorted({layout.ranks for layout in layouts.values()}):
        names = [name for name, layout in layouts.items() if layout.ranks == ranks]
        command = ["torch.distributed.run", "--standalone", f"--nproc-per-node={ranks}", "-m", __name__, str(folder), *names]
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=os.environ | {"OMP_NUM_THREADS": "1", "CUDA_DEVICE_MAX_CONNECTIONS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]


def write(folder: Path, layout: Layout) -> None:
    """This rank's part of a checkpoint."""
    import torch
    from nanotron import distributed
    from nanotron.config import LlamaConfig, ParallelismArgs
    from nanotron.models import build_model
    from nanotron.parallel import ParallelContext
    from nanotron.serialize.weights import save_weights
    from nanotron.trainer import mark_tied_parameters

    from seedbed.models.training.nanotron import trainer

    context = ParallelContext(layout.tp, layout.pp, layout.dp)
    shape = {**SHAPE, "num_key_value_heads": layout.kv_heads, "tie_word_embeddings": layout.tied}
    config = LlamaConfig(**shape)
    parallel = ParallelismArgs(dp=layout.dp, tp=layout.tp, pp=layout.pp)
    model = build_model(lambda: trainer.SeededLlama(config, context, parallel), context, dtype=torch.float32)
    mark_tied_parameters(model, context)
    model.init_model_randomly(
        SimpleNamespace(
            model=SimpleNamespace(init_method=SimpleNamespace(std=0.08), model_config=config), general=SimpleNamespace(seed=3)
        )
    )
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if not weight.is_sharded:
                weight.add_(trainer.draw(name, 4, weight.shape, 0.2))
    save_weights(model, context, folder)
    if distributed.get_rank(context.world_pg) == 0:
        (folder / "model_config.json").write_text(json.dumps(shape))
    distributed.barrier()


def main(folder: str, *names: str) -> None:
    from torch import distributed

    from seedbed.models.training.nanotron import session

    with session.without_cuda():
        for name in names:
            write(Path(folder) / name, {**LAYOUTS, **MANY_RANKS}[name])
        distributed.destroy_process_group()  # a rank that ends while others still talk aborts them


if __name__ == "__main__":
    main(*sys.argv[1:])
