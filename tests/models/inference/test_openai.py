"""A server asked by its URL: llama.cpp's own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import Sampling
from seedbed.models.inference.llama_cpp import LlamaCpp, LlamaCppBackend, LlamaLimits
from seedbed.models.inference.openai import KEY_VARIABLE, OpenAIBackend
from tests.serving.http.upstream import running

GREEDY = Sampling(temperature=0, max_new_tokens=16)


@pytest.fixture(scope="module")
def server(gguf: Path) -> Iterator[LlamaCpp]:
    model = LlamaCpp(gguf, LlamaLimits(context=64, slots=4))
    yield model
    model.close()


@pytest.fixture
def url(server: LlamaCpp, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(KEY_VARIABLE, server.key)
    return f"{server.address}/v1"


@pytest.fixture
def backend(url: str) -> Iterator[OpenAIBackend]:
    backend = OpenAIBackend(url)
    yield backend
    backend.close()


def test_a_text_is_completed(backend: OpenAIBackend, gguf: Path) -> None:
    prompts = [backend.plain_prompt(text) for text in ("import os\n", "class A:\n")]

    answers = backend.generate(prompts, Sampling(temperature=1.0, max_new_tokens=8, n=3, seed=1))

    assert [len(answer) for answer in answers] == [3, 3]
    assert all(
        completion.text and completion.log_probabilities and completion.finish_reason
        for answer in answers
        for completion in answer
    )
    assert backend.name == str(gguf)
    assert not backend.has_fim


def test_the_same_model_says_the_same(backend: OpenAIBackend, llama_backend: LlamaCppBackend) -> None:
    ((over_http,),) = backend.generate([backend.plain_prompt("return 12")], GREEDY)

    ((direct,),) = llama_backend.generate([llama_backend.plain_prompt("return 12")], GREEDY)

    assert over_http.text == direct.text
    assert over_http.log_probabilities[:4] == pytest.approx(direct.log_probabilities[:4], abs=0.02)


def test_a_stream_is_the_completion_in_pieces(backend: OpenAIBackend) -> None:
    prompt = backend.plain_prompt("class A:\n")
    ((whole,),) = backend.generate([prompt], GREEDY)

    pieces = list(backend.stream(prompt, GREEDY))

    assert "".join(piece.text for piece in pieces) == whole.text
    assert pieces[-1].finish_reason == whole.finish_reason


def test_a_middle_is_asked_for_by_the_tokens_of_a_family(url: str, llama_backend: LlamaCppBackend) -> None:
    backend = OpenAIBackend(url, fim="starcoder")

    ((over_http,),) = backend.generate([backend.fim_prompt("return 1", "\n")], GREEDY)

    ((direct,),) = llama_backend.generate([llama_backend.fim_prompt("return 1", "\n")], GREEDY)
    assert over_http.text == direct.text


def test_a_suffix_goes_into_its_field() -> None:
    with running() as upstream:
        backend = OpenAIBackend(upstream.url, fim="suffix")
        backend.generate([backend.fim_prompt("a = 🤗", "\nb")], GREEDY)

    (question,) = upstream.asked
    assert (question["prompt"], question["suffix"]) == ("a = 🤗", "\nb")


def test_what_is_cancelled_is_empty(backend: OpenAIBackend) -> None:
    ((completion,),) = backend.generate([backend.plain_prompt("a")], GREEDY, lambda: True)

    assert completion.finish_reason == "cancelled"
    assert [piece.finish_reason for piece in backend.stream(backend.plain_prompt("a"), GREEDY, lambda: True)] == ["cancelled"]


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v1", "127.0.0.1", "http:///v1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="not the address of a server"):
        OpenAIBackend(url)


def test_another_model_is_refused_with_those_that_are_there(url: str) -> None:
    with pytest.raises(InputError, match=r"no model 'gpt' there. Allowed: .*tiny-f16\.gguf"):
        OpenAIBackend(url, "gpt")
    with pytest.raises(InputError, match="fim: 'x'. Allowed: none, suffix, starcoder"):
        OpenAIBackend(url, fim="x")


def test_a_server_that_is_not_there_is_one_line() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    with pytest.raises(GenerationError, match=f"http://127.0.0.1:{port}/v1 gives no answer: .*refused"):
        OpenAIBackend(f"http://127.0.0.1:{port}/v1")


def test_a_key_that_is_wrong_is_the_servers_own_words(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = OpenAIBackend(url)
    monkeypatch.setenv(KEY_VARIABLE, "not-the-key")

    with pytest.raises(GenerationError, match="(?i)api key") as caught:
        backend.generate([backend.plain_prompt("a")], GREEDY)
    assert "not-the-key" not in str(caught.value)
