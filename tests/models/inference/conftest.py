"""One tiny model in every form that a backend loads: its weights are drawn, its tokenizer is one of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.models.conversion.gguf_file import FORMATS, GgufMetadata, write
from seedbed.models.inference.llama_cpp import LlamaCppBackend
from seedbed.models.inference.transformers import TransformersBackend
from tests.models.tiny_model import make_model


@pytest.fixture(scope="session")
def model_folder(small_tokenizer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a context of 64 tokens. Do not change it."""
    return make_model(tmp_path_factory.mktemp("model") / "tiny", small_tokenizer)


@pytest.fixture(scope="session")
def gguf(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "tiny-f16.gguf"
    write(model_folder, path, FORMATS["f16"], GgufMetadata("tiny", "a tiny model", "apache-2.0"))
    return path


@pytest.fixture(scope="session")
def transformers_backend(model_folder: Path) -> Iterator[TransformersBackend]:
    backend = TransformersBackend(model_folder)
    yield backend
    backend.close()


@pytest.fixture(scope="session")
def llama_backend(gguf: Path) -> Iterator[LlamaCppBackend]:
    backend = LlamaCppBackend(gguf)
    yield backend
    backend.close()
