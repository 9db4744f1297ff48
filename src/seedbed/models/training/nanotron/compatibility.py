"""nanotron 0.4 imported where flash-attn is missing, and its faults at import corrected."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NoReturn

import functorch.dim
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils import _pytree


def install() -> None:
    """Register the replacements as the package flash_attn. Only for machines without flash-attn."""
    names: dict[str, dict[str, object]] = {
        "flash_attn": {},
        "flash_attn.bert_padding": {"unpad_input": _unavailable, "pad_input": _unavailable},
        "flash_attn.flash_attn_interface": {
            "flash_attn_varlen_func": flash_attn_varlen_func,
            "flash_attn_with_kvcache": _unavailable,
        },
        "flash_attn.layers": {},
        "flash_attn.layers.rotary": {"RotaryEmbedding": RotaryEmbedding},
        "flash_attn.ops": {},
        "flash_attn.ops.triton": {},
        "flash_attn.ops.triton.layer_norm": {"layer_norm_fn": layer_norm_fn},
    }
    for name, content in names.items():
        _add_module(name, content)


def flash_attn_varlen_func(  # noqa: PLR0917 (the order is flash-attn's)
    q: Tensor,
    k: Tensor,
    v: Tensor,
    cu_seqlens_q: Tensor,
    cu_seqlens_k: Tensor,  # noqa: ARG001 (equal to those of the queries)
    max_seqlen_q: int,
    max_seqlen_k: int,
    *,
    dropout_p: float = 0.0,
    softmax_scale: float | None = None,
    causal: bool = False,
    window_size: tuple[int, int] = (-1, -1),
    return_attn_probs: bool = False,
) -> Tensor:
    """Attention over sequences that are concatenated.

    Shape: q [T, H, d], k and v [T, K, d], cu_seqlens [B + 1] -> [T, H, d]; T tokens of B sequences, H heads, K key/value
    heads, width d. Error: that of scaled_dot_product_attention. Source: flash_attn.flash_attn_interface.
    Raises: NotImplementedError for what training never uses: sliding windows, unequal lengths of queries and keys.
    """
    if tuple(window_size) != (-1, -1) or max_seqlen_q != max_seqlen_k or return_attn_probs:
        raise NotImplementedError("sliding windows, unequal lengths and probabilities need flash-attn")
    sequences = cu_seqlens_q.numel() - 1
    if q.shape[0] == sequences * max_seqlen_q:  # all sequences are full, as in training: one call for all
        rows = [tuple(x.view(sequences, max_seqlen_q, *x.shape[1:]) for x in (q, k, v))]
    else:
        bounds = cu_seqlens_q.tolist()
        rows = [tuple(x[None, start:end] for x in (q, k, v)) for start, end in pairwise(bounds)]
    return torch.cat([_attend(row, dropout_p, softmax_scale, causal).flatten(0, 1) for row in rows])


def _attend(row: tuple[Tensor, ...], dropout: float, scale: float | None, causal: bool) -> Tensor:
    """Shape: q [B, S, H, d], k and v [B, S, K, d] -> [B, S, H, d]."""
    q, k, v = (x.transpose(1, 2) for x in row)
    grouped = q.shape[1] != k.shape[1]
    out = functional.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=causal, scale=scale, enable_gqa=grouped)
    return out.transpose(1, 2)


def layer_norm_fn(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    *,
    residual: Tensor | None = None,
    eps: float = 1e-6,
    dropout_p: float = 0.0,
    prenorm: bool = False,
    residual_in_fp32: bool = False,  # noqa: ARG001 (there is no residual)
    is_rms_norm: bool = False,
    return_dropout_mask: bool = False,
) -> Tensor:
    """Norm over the last dimension, computed in fp32 and returned in the type of x.

    Shape: x [..., D], weight and bias [D] -> [..., D].  Error: one rounding to the type of x.
    Source: flash_attn.ops.triton.layer_norm.
    Raises: NotImplementedError for the residual, dropout and pre-norm that nanotron's Llama does not use.
    """
    if residual is not None or dropout_p or prenorm or return_dropout_mask:
        raise NotImplementedError("residual, dropout and pre-norm need flash-attn")
    wide = weight.float()
    if is_rms_norm:
        out = functional.rms_norm(x.float(), wide.shape, wide, eps)
    else:
        out = functional.layer_norm(x.float(), wide.shape, wide, None if bias is None else bias.float(), eps)
    return out.to(x.dtype)


class RotaryEmbedding(nn.Module):
    """flash_attn.layers.rotary.RotaryEmbedding as nanotron's Llama calls it: queries alone, keys and values together."""

    def __init__(self, dim: int, base: float = 10_000.0, interleaved: bool = False) -> None:
        super().__init__()
        self.dim, self.base, self.interleaved = dim, base, interleaved
        self._tables: dict[tuple[int, torch.device, torch.dtype], tuple[Tensor, Tensor]] = {}

    def forward(self, qkv: Tensor, kv: Tensor) -> tuple[Tensor, Tensor]:
        """Shape: qkv [B, S, H, d], kv [B, S, 2, K, d] -> the same two. Error: fp32 tables, cast once to the type of qkv."""
        cos, sin = self.tables(qkv.shape[1], qkv.device, qkv.dtype)
        keys, values = kv.unbind(dim=2)
        return self._rotate(qkv, cos, sin), torch.stack((self._rotate(keys, cos, sin), values), dim=2)

    def tables(self, length: int, device: torch.device, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Cosines and sines of the angles. Shape: [S, 1, d / 2] each.  Error: fp32 angles."""
        key = (length, device, dtype)
        if key not in self._tables:
            pairs = torch.arange(0, self.dim, 2, device=device, dtype=torch.float32)
            positions = torch.arange(length, device=device, dtype=torch.float32)
            angles = torch.outer(positions, self.base ** (-pairs / self.dim))
            self._tables = {key: (angles.cos().to(dtype)[:, None], angles.sin().to(dtype)[:, None])}
        return self._tables[key]

    def _rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Rotate pairs of features: neighbours (0, 1), (2, 3) ... where interleaved, else the two halves."""
        if self.interleaved:
            first, second = x[..., ::2], x[..., 1::2]
            return torch.stack((first * cos - second * sin, first * sin + second * cos), dim=-1).flatten(-2)
        first, second = x.chunk(2, dim=-1)
        return torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)


def _unavailable(*_: Any, **__: Any) -> NoReturn:
    raise NotImplementedError("nanotron generates with flash-attn only; convert the checkpoint and use transformers")


def _add_module(name: str, content: dict[str, object]) -> None:
    module = types.ModuleType(name, doc="A replacement in plain torch.")
    module.__spec__ = importlib.util.spec_from_loader(name, loader=None, is_package=True)  # other packages call find_spec
    module.__path__ = []
    module.__dict__.update(content, __version__="0.0.0")  # older than any version that other packages accept
    sys.modules[name] = module
    above, _, leaf = name.rpartition(".")
    if above:
        setattr(sys.modules[above], leaf, module)


_LOGGING, _CONFIG = "nanotron.logging", "nanotron.config"


def prepare() -> None:
    """Make nanotron importable. Idempotent; an installed flash-attn is used as it is."""
    _restore_tree_map()
    if _LOGGING not in sys.modules:
        with _placeholder_config():
            importlib.import_module(_LOGGING)
    if importlib.util.find_spec("flash_attn") is None:
        install()
    importlib.import_module(_CONFIG)  # a second cycle: nanotron.models only imports after the config
    _write_plain_shapes()


def _restore_tree_map() -> None:
    """Restore the name that torch moved and optim/zero.py:9 still imports."""
    if not hasattr(functorch.dim, "tree_map"):
        functorch.dim.tree_map = _pytree.tree_map


@contextmanager
def _placeholder_config() -> Iterator[None]:
    """Replace nanotron.config while nanotron.logging loads.

    logging.py:38 imports config.config for one annotation, which imports parallel.pipeline_parallel.engine, which imports
    logging again. Source: issues 191 and 235 of huggingface/nanotron, fixed there and never released.
    """
    package, module = types.ModuleType(_CONFIG), types.ModuleType(f"{_CONFIG}.config")
    package.__path__ = []
    module.__dict__["LoggingArgs"] = object
    sys.modules[package.__name__], sys.modules[module.__name__] = package, module
    try:
        yield
    finally:
        del sys.modules[package.__name__], sys.modules[module.__name__]


def _write_plain_shapes() -> None:
    """Write shapes in shard headers as plain numbers.

    Since numpy 2 the repr of a number is `np.int64(384)`, which serialize/metadata.py:49 writes but cannot parse.
    """
    from nanotron.serialize.metadata import TensorMetadata

    if getattr(TensorMetadata.to_str_dict, "plain_shapes", False):
        return
    original = TensorMetadata.to_str_dict

    def to_str_dict(self: Any) -> dict[str, str]:
        return {**original(self), "unsharded_shape": str(tuple(int(size) for size in self.unsharded_shape))}

    to_str_dict.plain_shapes = True  # type: ignore[attr-defined]
    TensorMetadata.to_str_dict = to_str_dict
