"""A real model behind the completion service: tiny, its weights drawn, run by llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.models.conversion.gguf_file import FORMATS, GgufMetadata, write
from seedbed.models.inference import open_backend
from seedbed.models.inference.backend import Backend
from seedbed.models.inference.vocabulary import FileVocabulary, from_folder
from tests.models.runs import make_tokenizer
from tests.models.tiny_model import make_model


@pytest.fixture(scope="session")
def completion_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion-tokenizer")
    make_tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def words(completion_tokenizer: Path) -> FileVocabulary:
    return from_folder(completion_tokenizer)


@pytest.fixture(scope="session")
def backend(completion_tokenizer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    folder = make_model(tmp_path_factory.mktemp("completion-model") / "tiny", completion_tokenizer, context=256)
    path = folder / "tiny.gguf"
    write(folder, path, FORMATS["f16"], GgufMetadata("tiny", "a tiny model", "apache-2.0"))
    backend = open_backend(path)
    yield backend
    backend.close()
