"""A few windows of token ids out of token files, to try a model on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seedbed.core.errors import InputError


def windows(folder: Path, token_bytes: int, count: int, length: int) -> Tensor:
    """The first tokens of a split's folder. Shape: at most [count, length], fewer or shorter where there are fewer.

    Raises: InputError when there are not even two tokens.
    """
    found = np.zeros(0, dtype=np.int64)
    for path in sorted(folder.glob("*.ds")):
        more = np.memmap(path, dtype=np.uint16 if token_bytes == 2 else np.uint32, mode="r")
        found = np.concatenate([found, more[: count * length - len(found)].astype(np.int64)])
    length = min(length, len(found))
    if length < 2:
        raise InputError(f"{folder}: no tokens to try the model on. Run `seedbed tokenize` again.")
    rows = min(count, len(found) // length)
    return torch.from_numpy(found[: rows * length]).view(rows, length)
