"""Publishable forms of an adapter: its own files, and the base model with the adapter merged in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from peft import PeftModel

from seedbed.models.conversion import convert
from seedbed.models.lora.train import load

CONFIG: Final = "adapter_config.json"
WEIGHTS: Final = "adapter_model.safetensors"


def merge(base: Path, adapter: Path, out: Path, generation: dict[str, Any]) -> None:
    """Add the adapter's matrix products to the base model, and write it as a model folder.

    Error: fp32.  Raises: InputError when the base does not load; ConversionError when its tokenizer does not fit.
    """
    model = PeftModel.from_pretrained(load(base), adapter, local_files_only=True).merge_and_unload()
    convert.save(model, out, base, generation)


def publishable(adapter: Path, out: Path, base: str) -> None:
    """Copy an adapter's weights and configuration, with the base named instead of its local folder.

    Args: base: id on a Hub, or the name of the model.
    """
    out.mkdir(parents=True)
    shutil.copyfile(adapter / WEIGHTS, out / WEIGHTS)
    config = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base
    config["target_modules"] = sorted(config["target_modules"])
    (out / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
