"""What the tests of tokens share: a tokenizer, trained once."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from seedbed.model import tokenizer
from tests.model.small_dataset import code


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    texts = [row["text"] for row in code()]
    tokenizer.save(tokenizer.train(texts, 1024, sum(map(len, texts))), folder, context=64)
    return folder


@pytest.fixture(scope="session")
def fast(tokenizer_folder: Path) -> PreTrainedTokenizerFast:
    return AutoTokenizer.from_pretrained(str(tokenizer_folder))
