"""Hashes of files: one place, for archives that come in and for datasets that go out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_sha256(paths: Iterable[Path]) -> str:
    """One hash for several files, by their names and bytes; their order means nothing, and "" stands for none."""
    hashes = sorted(f"{path.name}\0{file_sha256(path)}" for path in paths)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest() if hashes else ""


def model_sha256(folder: Path) -> str:
    """What decides what a transformers folder writes: its weights and its tokenizer, as one hash; "" where there are none."""
    return files_sha256([*folder.glob("*.safetensors"), *folder.glob("tokenizer.json")])
