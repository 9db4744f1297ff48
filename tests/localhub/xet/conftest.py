from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from tests.localhub.xet.recorder import Upload, record_upload


def sample_files() -> dict[str, bytes]:
    """Bytes that cannot be packed, bytes that can, a small file, one that repeats itself, and numbers, to be packed in groups."""
    rng = random.Random(1)
    noise = rng.randbytes(300_000)
    text = b"a seed in clean soil, " * 20_000
    numbers = b"".join(struct.pack("<I", number) for number in range(60_000))
    return {"mixed.bin": noise + text, "small.bin": b"small", "again.bin": noise + noise, "numbers.bin": numbers}


@pytest.fixture(scope="session")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], Upload]:
    """The sample files, and what hf_xet sends for them."""
    folder: Path = tmp_path_factory.mktemp("recorded")
    files = sample_files()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    *plain, numbers = (folder / name for name in files)
    first, second = record_upload(plain, folder / "one"), record_upload([numbers], folder / "two", "bg4-lz4")
    return files, Upload(first.xorbs | second.xorbs, first.shards + second.shards)
