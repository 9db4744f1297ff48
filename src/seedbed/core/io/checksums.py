"""SHA-256 of files: of archives that are read and of folders that are published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_sha256(paths: Iterable[Path]) -> str:
    """One hash of several files, by their names and bytes, in any order; "" for no file."""
    hashes = sorted(f"{path.name}\0{file_sha256(path)}" for path in paths)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest() if hashes else ""


def model_sha256(folder: Path) -> str:
    """One hash of the weights and the tokenizer of a transformers folder, which decide its output; "" if it has neither."""
    return files_sha256([*folder.glob("*.safetensors"), *folder.glob("tokenizer.json")])
