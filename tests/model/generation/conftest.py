"""One tiny model in every form that a backend loads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.model.generation.llama_cpp import LlamaCppBackend
from seedbed.model.generation.transformers import TransformersBackend
from seedbed.model.gguf_file import FORMATS, About, write
from tests.model.runs import TinyRun


@pytest.fixture(scope="session")
def gguf(converted: TinyRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "tiny-f16.gguf"
    write(converted.model, path, FORMATS["f16"], About("tiny", "a tiny model", "apache-2.0"))
    return path


@pytest.fixture(scope="session")
def transformers_backend(converted: TinyRun) -> Iterator[TransformersBackend]:
    backend = TransformersBackend(converted.model)
    yield backend
    backend.close()


@pytest.fixture(scope="session")
def llama_backend(gguf: Path) -> Iterator[LlamaCppBackend]:
    backend = LlamaCppBackend(gguf)
    yield backend
    backend.close()
