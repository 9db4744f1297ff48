"""An adapter as it is published, and the base with the adapter merged in as a model of its own."""

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
    """Write the base plus the adapter's products as a folder like any other of ours.

    Error: what fp32 rounds.  Raises: ConversionError, InputError as loading and saving do.
    """
    model = PeftModel.from_pretrained(load(base), adapter, local_files_only=True).merge_and_unload()
    convert.save(model, out, base, generation)


def publishable(adapter: Path, out: Path, base: str) -> None:
    """Copy an adapter's weights and its configuration, which names the base in place of a folder of this machine.

    Args: base: id on a Hub, or the name of the model.
    """
    out.mkdir(parents=True)
    shutil.copyfile(adapter / WEIGHTS, out / WEIGHTS)
    told = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    told["base_model_name_or_path"] = base
    told["target_modules"] = sorted(told["target_modules"])
    (out / CONFIG).write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
