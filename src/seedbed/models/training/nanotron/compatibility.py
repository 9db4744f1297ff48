"""Patches without which `import nanotron` fails: version 0.4, on any machine."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import functorch.dim
from torch.utils import _pytree

from seedbed.models.training.nanotron import flash_attention

_LOGGING, _CONFIG = "nanotron.logging", "nanotron.config"


def prepare() -> None:
    """Make nanotron importable. Idempotent; an installed flash-attn is used as it is."""
    _restore_tree_map()
    if _LOGGING not in sys.modules:
        with _placeholder_config():
            importlib.import_module(_LOGGING)
    if importlib.util.find_spec("flash_attn") is None:
        flash_attention.install()
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
