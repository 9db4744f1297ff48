"""One server with a tiny real model in llama.cpp for all tests that ask it, and one in front of a server elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.models.conversion.gguf_file import FORMATS, GgufMetadata, write
from seedbed.models.tokens import tokenizer
from tests.models.layouts import VOCABULARY
from tests.models.tiny_model import make_model
from tests.serving.http.process import Serving, serving
from tests.serving.http.upstream import Upstream, running

TOKEN = "a-token-for-tests"
CONTEXT = 1024
CORPUS = Path(__file__).parents[2] / "corpus"  # what the model writes must not change with our own code


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder."""
    folder = tmp_path_factory.mktemp("served")
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*/*")) if path.is_file()]
    tokenizer.save(tokenizer.train(texts, VOCABULARY, sum(map(len, texts))), folder / "tokenizer", CONTEXT)
    return make_model(folder / "tiny", folder / "tokenizer", CONTEXT)


@pytest.fixture(scope="session")
def gguf(tiny: Path) -> Path:
    path = tiny.parent / "tiny-f16.gguf"
    write(tiny, path, FORMATS["f16"], GgufMetadata("tiny", "a tiny model", "apache-2.0"))
    return path


@pytest.fixture(scope="session")
def server(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("server"), str(gguf), "--rate", "0", token=TOKEN) as running_server:
        yield running_server


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Upstream]:
    with running() as upstream:
        yield upstream


@pytest.fixture
def upstream(elsewhere: Upstream) -> Iterator[Upstream]:
    """A server elsewhere that knows nothing of the tests before."""
    elsewhere.reset()
    yield elsewhere
    elsewhere.go.set()


@pytest.fixture(scope="module")
def narrow(elsewhere: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server that works on one request, lets one wait, and has its model elsewhere. It remembers what it was asked."""
    folder = tmp_path_factory.mktemp("narrow")
    with serving(folder, elsewhere.url, "--requests", "1", "--waiting", "1", "--rate", "0") as running_server:
        yield running_server
