"""What the tests of models share: tokenizers, checkpoints by nanotron in every layout, a run ready to be converted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from seedbed.models.tokens import tokenizer
from tests.models.layouts import LAYOUTS, make
from tests.models.runs import TinyRun, make_run, make_tokenizer
from tests.models.small_dataset import code


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    texts = [row["text"] for row in code()]
    tokenizer.save(tokenizer.train(texts, 1024, sum(map(len, texts))), folder, context=64)
    return folder


@pytest.fixture(scope="session")
def fast(tokenizer_folder: Path) -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(str(tokenizer_folder))


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One checkpoint for each of `LAYOUTS`, by name."""
    folder = tmp_path_factory.mktemp("checkpoints")
    make(folder, LAYOUTS)
    return folder


@pytest.fixture(scope="session")
def small_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer of as many tokens as the checkpoints have."""
    folder = tmp_path_factory.mktemp("small-tokenizer")
    make_tokenizer(folder)
    return folder


@pytest.fixture
def tiny_run(checkpoints: Path, small_tokenizer: Path, tmp_path: Path) -> Callable[[str], TinyRun]:
    """A run whose newest checkpoint is the one of a layout."""
    return lambda name: make_run(tmp_path / name, checkpoints / name, LAYOUTS[name], small_tokenizer)


@pytest.fixture(scope="session")
def converted(checkpoints: Path, small_tokenizer: Path, tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """A run and its converted model. Do not change it."""
    name = "tp1-tied-gqa"
    tiny = make_run(tmp_path_factory.mktemp("converted"), checkpoints / name, LAYOUTS[name], small_tokenizer)
    done = tiny.convert()
    assert done.returncode == 0, done.stderr
    return tiny
