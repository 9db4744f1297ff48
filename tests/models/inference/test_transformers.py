"""The transformers backend is the model: its tokens, its probabilities, its ends, whoever else is in the batch."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaForCausalLM

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import Completion, Sampling
from seedbed.models.inference.transformers import TransformersBackend
from seedbed.models.tokens.pretokenizer import FILE_SEP, SPECIAL_TOKENS
from tests.models.tiny_model import make_model

TEXTS = ("def f(x):\n    return", "import os\n", "class Thing:\n    def __init__(self):\n        self", "if x == 1 and", "f")
GREEDY = Sampling(temperature=0, max_new_tokens=20)
DRAWN = Sampling(temperature=1.0, max_new_tokens=20, seed=7)


@pytest.fixture
def prompts(transformers_backend: TransformersBackend) -> list[list[int]]:
    return [transformers_backend.plain_prompt(text) for text in TEXTS]


def test_greedy_is_what_transformers_generates(
    transformers_backend: TransformersBackend, prompts: list[list[int]], model_folder: Path
) -> None:
    model = LlamaForCausalLM.from_pretrained(model_folder)

    completions = [completion for (completion,) in transformers_backend.generate(prompts, GREEDY)]

    for prompt, completion in zip(prompts, completions, strict=True):
        ids = model.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=20)[0, len(prompt) :].tolist()
        assert list(completion.token_ids) == [number for number in ids if number not in {0, 7}]
        assert completion.text == transformers_backend.vocabulary.decode(ids)


def test_probabilities_are_the_models_own(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    ((completion,), *_) = transformers_backend.generate(prompts, DRAWN)

    log_probabilities = transformers_backend.log_likelihood([*prompts[0], *completion.token_ids])

    assert completion.log_probabilities == pytest.approx(log_probabilities[len(prompts[0]) - 1 :], abs=1e-4)
    assert completion.mean_log_probability < 0


def test_likelihood_is_the_loss(transformers_backend: TransformersBackend, model_folder: Path) -> None:
    ids = transformers_backend.encode("for i in range(10):\n    print(i)\n")
    model = LlamaForCausalLM.from_pretrained(model_folder)

    loss = model(input_ids=torch.tensor([ids]), labels=torch.tensor([ids])).loss.item()

    assert -sum(transformers_backend.log_likelihood(ids)) / (len(ids) - 1) == pytest.approx(loss, abs=1e-4)
    assert transformers_backend.log_likelihood(ids[:1]) == []


@pytest.mark.parametrize("sampling", [GREEDY, DRAWN, Sampling(temperature=2.0, top_k=0, top_p=0.9, max_new_tokens=20)])
def test_a_completion_does_not_depend_on_the_others_in_the_batch(
    transformers_backend: TransformersBackend, prompts: list[list[int]], sampling: Sampling
) -> None:
    together = transformers_backend.generate([*prompts, *prompts], sampling)

    alone = [transformers_backend.generate([prompt], sampling)[0] for prompt in prompts]

    assert [completion.token_ids for (completion,) in together] == [completion.token_ids for (completion,) in [*alone, *alone]]


def test_requests_of_many_threads_are_each_their_own(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    asked = [(prompt, Sampling(temperature=1.0, max_new_tokens=12, seed=seed)) for prompt in prompts for seed in range(6)]
    alone = [transformers_backend.generate([prompt], sampling)[0][0] for prompt, sampling in asked]

    with ThreadPoolExecutor(12) as pool:
        together = list(pool.map(lambda request: transformers_backend.generate([request[0]], request[1])[0][0], asked))

    assert [completion.text for completion in together] == [completion.text for completion in alone]


def test_number_i_is_drawn_with_the_next_seed(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    (many,) = transformers_backend.generate(prompts[:1], Sampling(temperature=1.0, max_new_tokens=20, seed=7, n=20))

    ((third,),) = transformers_backend.generate(prompts[:1], Sampling(temperature=1.0, max_new_tokens=20, seed=9))

    assert (many[2].text, many[2].token_ids, many[2].finish_reason) == (third.text, third.token_ids, third.finish_reason)
    assert len({completion.token_ids for completion in many}) > 15


def test_only_the_best_are_drawn(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    one_left = [Sampling(temperature=5.0, top_k=1, max_new_tokens=20), Sampling(temperature=0.5, top_p=1e-9, max_new_tokens=20)]

    answers = [transformers_backend.generate(prompts, sampling) for sampling in one_left]

    greedy = [completion.token_ids for (completion,) in transformers_backend.generate(prompts, GREEDY)]
    assert [[completion.token_ids for (completion,) in answer] for answer in answers] == [greedy, greedy]


def test_a_stream_is_the_completion_in_pieces(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    ((whole,),) = transformers_backend.generate(prompts[:1], DRAWN)

    pieces = list(transformers_backend.stream(prompts[0], DRAWN))

    assert "".join(piece.text for piece in pieces) == whole.text
    assert tuple(number for piece in pieces for number in piece.token_ids) == whole.token_ids
    assert [piece.finish_reason for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert pieces[-1].finish_reason == whole.finish_reason


def test_a_stop_string_ends_the_text_before_it(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    ((whole,),) = transformers_backend.generate(prompts[:1], GREEDY)
    stop = whole.text[5:8]

    ((short,),) = transformers_backend.generate(prompts[:1], Sampling(temperature=0, max_new_tokens=20, stop=(stop,)))

    assert short.text == whole.text[: whole.text.find(stop)]
    assert short.finish_reason == "stop"
    assert whole.token_ids[: len(short.token_ids)] == short.token_ids


@pytest.mark.parametrize("end", [0, SPECIAL_TOKENS.index(FILE_SEP)])
def test_a_completion_ends_at_the_end_of_text_or_at_a_next_file(small_tokenizer: Path, tmp_path: Path, end: int) -> None:
    """The row of the token that would be the best is given to the end."""
    folder = make_model(tmp_path / "model", small_tokenizer, tied=False)
    backend = TransformersBackend(folder)
    prompt = backend.plain_prompt("import os\n")
    ((before,),) = backend.generate([prompt], GREEDY)
    backend.close()
    weights = load_file(folder / "model.safetensors")
    head = weights["lm_head.weight"]
    head[[before.token_ids[0], end]] = head[[end, before.token_ids[0]]]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})

    backend = TransformersBackend(folder)
    completions = backend.generate([prompt], GREEDY)
    backend.close()

    assert completions == [[Completion("", (), (), "stop")]]


def test_no_more_is_written_than_the_context_holds(transformers_backend: TransformersBackend) -> None:
    prompt = transformers_backend.encode("x = 1\n" * 30)[:60]

    ((completion,),) = transformers_backend.generate([prompt], Sampling(max_new_tokens=64, temperature=0))

    assert (len(completion.token_ids), completion.finish_reason) == (4, "length")
    with pytest.raises(InputError, match="64 tokens. Allowed: fewer than 64"):
        transformers_backend.generate([[1] * 64], GREEDY)
    with pytest.raises(InputError, match="65 tokens. Allowed: at most 64"):
        transformers_backend.log_likelihood([1] * 65)


def test_what_is_cancelled_stops_and_the_others_go_on(
    transformers_backend: TransformersBackend, prompts: list[list[int]]
) -> None:
    steps = itertools.count()

    completions = transformers_backend.generate(prompts[:1], DRAWN, lambda: next(steps) >= 5)
    after = transformers_backend.generate(prompts[:1], DRAWN)

    assert completions[0][0].finish_reason == "cancelled"
    assert 0 < len(completions[0][0].token_ids) < 5
    assert after[0][0].token_ids[: len(completions[0][0].token_ids)] == completions[0][0].token_ids


def test_a_stream_that_nobody_reads_any_more_stops(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    stream = transformers_backend.stream(prompts[0], DRAWN)
    next(stream)

    stream.close()

    assert len(transformers_backend.generate(prompts[:1], DRAWN)[0][0].token_ids) > 1


def test_a_model_that_fails_says_so_and_lives_on(transformers_backend: TransformersBackend, prompts: list[list[int]]) -> None:
    with pytest.raises(GenerationError, match="the model failed: IndexError"):
        transformers_backend.generate([[100_000]], GREEDY)

    assert transformers_backend.generate(prompts[:1], GREEDY)[0][0].token_ids


def test_a_closed_model_says_so(model_folder: Path) -> None:
    backend = TransformersBackend(model_folder)
    backend.close()

    with pytest.raises(GenerationError, match="the model is closed"):
        backend.generate([[1]], GREEDY)


def test_a_folder_that_is_no_model_is_one_line(small_tokenizer: Path) -> None:
    with pytest.raises(GenerationError, match="transformers does not load it"):
        TransformersBackend(small_tokenizer)


def test_weights_that_are_not_whole_are_one_line(model_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    del tensors["model.norm.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})

    with pytest.raises(GenerationError, match=r"weights are missing: model\.norm\.weight\. Allowed: "):
        TransformersBackend(folder)

    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(GenerationError, match="transformers does not load it: Error while deserializing"):
        TransformersBackend(folder)


LEFT_OPEN = """
import atexit, threading
atexit.register(lambda: print([one.name for one in threading.enumerate()]))
from seedbed.models.inference.decoding import BatchWorker
BatchWorker(lambda rows: None, 1, "tiny")
"""


def test_a_backend_that_nobody_closed_is_closed_before_the_interpreter_goes() -> None:
    """Else its thread may still be in torch then, and the process aborts, in one run of six."""
    done = subprocess.run([sys.executable, "-c", LEFT_OPEN], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "['MainThread']"
