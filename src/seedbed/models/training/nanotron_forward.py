"""nanotron's own forward pass of a checkpoint, in a separate process because importing nanotron changes torch for good.

`python -m seedbed.models.training.nanotron_forward CHECKPOINT TOKENS.npy LOGITS.npy`
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from seedbed.core.errors import ConversionError
from seedbed.models.training.checkpoint_shards import model_config

_ENVIRONMENT = {
    "RANK": "0",
    "WORLD_SIZE": "1",
    "LOCAL_RANK": "0",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "0",
    "CUDA_VISIBLE_DEVICES": "",  # flash-attn has no fp32, and with less precision rounding would hide mistakes
    "CUDA_DEVICE_MAX_CONNECTIONS": "1",  # nanotron's linear layers assert it
}


def nanotron_logits(checkpoint: Path, ids: Tensor) -> Tensor:
    """Logits of nanotron's own forward pass, for a checkpoint of any layout and type.

    Shape: token ids [B, T] -> [B, T, V].  Unit: logits.  Error: fp32.
    Raises: ConversionError with nanotron's last line when it cannot load or run the checkpoint.
    """
    with tempfile.TemporaryDirectory(prefix="seedbed-reference-") as place:
        tokens, logits = Path(place) / "tokens.npy", Path(place) / "logits.npy"
        np.save(tokens, ids.numpy())
        command = [sys.executable, "-m", __name__, str(checkpoint.resolve()), str(tokens), str(logits)]
        done = subprocess.run(command, env=os.environ | _ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
            raise ConversionError(f"{checkpoint}: nanotron cannot run it: {reason}")
        return torch.from_numpy(np.load(logits))


def forward(checkpoint: Path, ids: Tensor) -> Tensor:
    """The same in this process, on the CPU with attention in plain torch. Shape: [B, T] -> [B, T, V]."""
    from seedbed.models.training.nanotron import compatibility, session  # makes nanotron importable, so it comes first

    compatibility.install()
    from nanotron.config import LlamaConfig, ParallelismArgs
    from nanotron.models import build_model
    from nanotron.models.llama import LlamaForTraining
    from nanotron.parallel import ParallelContext
    from nanotron.serialize.weights import load_weights
    from nanotron.trainer import mark_tied_parameters

    config = LlamaConfig(**model_config(checkpoint))
    layout = ParallelismArgs(dp=1, pp=1, tp=1)
    with session.without_cuda(), torch.no_grad():
        context = ParallelContext(tensor_parallel_size=1, pipeline_parallel_size=1, data_parallel_size=1)
        model = build_model(lambda: LlamaForTraining(config, context, layout), context, dtype=torch.float32)
        mark_tied_parameters(model, context)
        load_weights(model, context, checkpoint)
        logits: Tensor = model.model(input_ids=ids, input_mask=torch.ones_like(ids, dtype=torch.bool))
        context.destroy()
    return logits.transpose(0, 1).contiguous()


def main(checkpoint: str, tokens: str, logits: str) -> None:
    """Write the logits of a checkpoint for a file of tokens."""
    ids: npt.NDArray[np.int64] = np.load(tokens)
    np.save(logits, forward(Path(checkpoint), torch.from_numpy(ids)).numpy())


if __name__ == "__main__":
    main(*sys.argv[1:])
