"""Read whole tensors from a nanotron checkpoint of any dp, tp and pp, without nanotron itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from seedbed.core.errors import ConversionError

_PREFIX = "model_"
_RANKS = re.compile(r"_pp-rank-\d+-of-(?P<pp>\d+)_tp-rank-(?P<rank>\d+)-of-(?P<tp>\d+)$")
_DATA, _SLICES, _SHAPE = "data", "local_global_slices_pairs", "unsharded_shape"

Slices = tuple[slice, ...]


def model_config(checkpoint: Path) -> dict[str, Any]:
    """model_config.json of a checkpoint: the architecture under nanotron's names.

    Raises: ConversionError when the folder is not a nanotron checkpoint.
    """
    path = checkpoint / "model_config.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConversionError(f"{checkpoint}: no model_config.json that can be read. Allowed: a nanotron checkpoint.") from error
    if not isinstance(data, dict):
        raise ConversionError(f"{path}: not a mapping. Allowed: a nanotron checkpoint.")
    return data


def read_tensors(checkpoint: Path) -> dict[str, Tensor]:
    """Every parameter by nanotron's name, joined from its shards.

    Raises: ConversionError naming a weight with a missing or broken shard, or with a value that is not finite.
    """
    tensors = {}
    for name, paths in sorted(_files(checkpoint).items()):
        tensor = _whole(name, paths)
        if not bool(torch.isfinite(tensor).all()):
            bad = int((~torch.isfinite(tensor)).sum())
            raise ConversionError(f"{checkpoint.name}: {name}: {bad} of {tensor.numel()} values are NaN or infinite.")
        tensors[name] = tensor
    return tensors


def _files(checkpoint: Path) -> dict[str, list[Path]]:
    """Files of each parameter: one per tensor-parallel rank, or a single one where it is replicated."""
    root = checkpoint / "model"
    groups: dict[str, list[Path]] = {}
    for path in sorted(root.rglob(f"{_PREFIX}*.safetensors")):
        leaf = _RANKS.sub("", path.stem).removeprefix(_PREFIX)
        groups.setdefault(".".join((*path.relative_to(root).parent.parts, leaf)), []).append(path)
    if not groups:
        raise ConversionError(f"{checkpoint}: no weights in it. Allowed: a nanotron checkpoint with its folder model/.")
    return groups


def _whole(name: str, paths: Sequence[Path]) -> Tensor:
    """One parameter, joined from its shards."""
    _refuse_missing_ranks(name, paths)
    whole: Tensor | None = None
    covered = 0
    for path in paths:
        data, header = _read(path)
        if _SLICES not in header:
            return data
        if whole is None:
            whole = torch.empty(_shape(header[_SHAPE]), dtype=data.dtype)
        for local, global_ in _slices(header[_SLICES]):
            part = data[local]
            whole[global_] = part
            covered += part.numel()
    if whole is None or covered != whole.numel():
        size = 0 if whole is None else whole.numel()
        raise ConversionError(f"{name}: its shards hold {covered} of {size} values. Allowed: a checkpoint saved to the end.")
    return whole


def _refuse_missing_ranks(name: str, paths: Sequence[Path]) -> None:
    ranks = [match for path in paths if (match := _RANKS.search(path.stem))]
    if not ranks:
        return
    missing = sorted(set(range(int(ranks[0]["tp"]))) - {int(match["rank"]) for match in ranks})
    if missing or len(ranks) != int(ranks[0]["tp"]):
        which = f"the shard of rank {missing[0]} is missing" if missing else "it has shards of more than one layout"
        raise ConversionError(f"{name}: {which}. Allowed: a checkpoint saved to the end, in a folder of its own.")


def _read(path: Path) -> tuple[Tensor, dict[str, str]]:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return file.get_tensor(_DATA), dict(file.metadata() or {})
    except (SafetensorError, OSError) as error:
        raise ConversionError(f"{path}: a broken shard: {error}.") from error


def _shape(text: str) -> tuple[int, ...]:
    """Parse a shape as nanotron writes it; numpy 2 puts the name of its type around each number.

    >>> _shape("(384, 128)"), _shape("(np.int64(384), 128)")
    ((384, 128), (384, 128))
    """
    return tuple(int(number) for number in re.findall(r"\d+", text.replace("int64", "")))


def _slices(text: str) -> Iterator[tuple[Slices, Slices]]:
    """Parse pairs of slices, of the shard and of the whole, as nanotron writes them.

    >>> list(_slices("0,2,None|None,None,None#4,6,None|None,None,None"))
    [((slice(0, 2, None), slice(None, None, None)), (slice(4, 6, None), slice(None, None, None)))]
    """
    for pair in text.split(";"):
        local, global_ = (tuple(map(_slice, side.split("|"))) for side in pair.split("#"))
        yield local, global_


def _slice(text: str) -> slice:
    start, stop, step = (None if word == "None" else int(word) for word in text.split(","))
    return slice(start, stop, step)
