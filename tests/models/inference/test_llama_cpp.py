"""The llama.cpp backend is the same model, asked by the same ids."""

from __future__ import annotations

import re
import signal
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gguf as gguf_package
import pytest

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.conversion.gguf_file import FORMATS, GgufMetadata, write
from seedbed.models.inference.backend import Completion, Sampling
from seedbed.models.inference.gguf_header import TOKENIZER_JSON, read_header
from seedbed.models.inference.llama_cpp import LlamaCppBackend, loaded
from seedbed.models.inference.streaming_http import Endpoint, RefusedError
from seedbed.models.inference.transformers import TransformersBackend
from seedbed.models.inference.vocabulary import FileVocabulary
from tests.models.runs import encode
from tests.models.tiny_model import make_model

TEXT = "def f(x):\n    return"
GREEDY = Sampling(temperature=0, max_new_tokens=16)
DRAWN = Sampling(temperature=1.0, max_new_tokens=16, seed=7)


@pytest.fixture
def prompt(llama_backend: LlamaCppBackend) -> list[int]:
    return llama_backend.plain_prompt(TEXT, path="a.py")


def test_the_file_brings_the_tokenizer_of_training(
    llama_backend: LlamaCppBackend, transformers_backend: TransformersBackend, model_folder: Path
) -> None:
    text = "int main() { return a::b->c; } // <|endoftext|> é🤗"

    assert llama_backend.encode(text) == transformers_backend.encode(text)
    assert llama_backend.fim_prompt("a", "b", path="c.py") == transformers_backend.fim_prompt("a", "b", path="c.py")
    assert llama_backend.has_fim
    assert llama_backend.context_tokens == 64


def test_it_completes_as_transformers_does(
    llama_backend: LlamaCppBackend, transformers_backend: TransformersBackend, prompt: list[int]
) -> None:
    ((ours,),) = llama_backend.generate([prompt], GREEDY)

    ((theirs,),) = transformers_backend.generate([prompt], GREEDY)

    assert ours.token_ids[:3] == theirs.token_ids[:3]  # f16 may part ways at a tie
    assert ours.log_probabilities[0] == pytest.approx(theirs.log_probabilities[0], abs=0.02)
    assert len(ours.token_ids) == 16


def test_number_i_is_drawn_with_the_next_seed(llama_backend: LlamaCppBackend, prompt: list[int]) -> None:
    (many,) = llama_backend.generate([prompt], Sampling(temperature=1.0, max_new_tokens=16, seed=7, n=10))

    alone = [
        llama_backend.generate([prompt], Sampling(temperature=1.0, max_new_tokens=16, seed=7 + at))[0][0] for at in range(10)
    ]

    # only the first: llama.cpp rounds otherwise in another batch, and what is drawn behind may part ways
    assert [completion.token_ids[:1] for completion in many] == [completion.token_ids[:1] for completion in alone]
    assert len({completion.text for completion in many}) > 5
    assert len(many) == 10


def test_prompts_and_their_completions_stay_in_order(llama_backend: LlamaCppBackend) -> None:
    prompts = [llama_backend.plain_prompt(text) for text in ("import os\n", "class A:\n", TEXT, "x", "for", "while True:")]
    alone = [llama_backend.generate([prompt], GREEDY)[0][0].text for prompt in prompts]

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: llama_backend.generate(prompts, GREEDY), range(3)))

    assert [[completion.text for (completion,) in answer] for answer in answers] == [alone] * 3


def test_a_stream_is_the_completion_in_pieces(llama_backend: LlamaCppBackend, prompt: list[int]) -> None:
    ((whole,),) = llama_backend.generate([prompt], DRAWN)

    pieces = list(llama_backend.stream(prompt, DRAWN))

    assert "".join(piece.text for piece in pieces) == whole.text
    assert pieces[-1].finish_reason == whole.finish_reason
    assert {piece.finish_reason for piece in pieces[:-1]} == {None}


@pytest.mark.parametrize("end", [0, 7])
def test_the_token_that_ends_it_is_none_of_its_tokens(small_tokenizer: Path, tmp_path: Path, end: int) -> None:
    path = tmp_path / "ends.gguf"
    write(
        make_model(tmp_path / "ends", small_tokenizer, tied=False, says=end),
        path,
        FORMATS["f16"],
        GgufMetadata("ends", "", "mit"),
    )
    backend = LlamaCppBackend(path)

    ((completion,),) = backend.generate([backend.plain_prompt(TEXT)], DRAWN)
    backend.close()

    assert completion == Completion("", (), (), "stop")


def test_a_stop_string_ends_the_text_before_it(llama_backend: LlamaCppBackend, prompt: list[int]) -> None:
    ((whole,),) = llama_backend.generate([prompt], GREEDY)
    stop = re.findall(r"[a-z]{3}", whole.text)[-1]  # what is no UTF-8 is told as U+FFFD, which no stop string meets

    ((short,),) = llama_backend.generate([prompt], Sampling(temperature=0, max_new_tokens=16, stop=(stop,)))

    assert (short.text, short.finish_reason) == (whole.text[: whole.text.find(stop)], "stop")


def test_what_is_cancelled_before_it_begins_is_empty(llama_backend: LlamaCppBackend, prompt: list[int]) -> None:
    ((completion,),) = llama_backend.generate([prompt], DRAWN, lambda: True)
    pieces = list(llama_backend.stream(prompt, DRAWN, lambda: True))

    assert (completion.text, completion.finish_reason) == ("", "cancelled")
    assert [piece.finish_reason for piece in pieces] == ["cancelled"]


def test_a_stream_that_is_closed_frees_its_slot(gguf: Path) -> None:
    backend = LlamaCppBackend(gguf, slots=1)
    prompt = backend.plain_prompt(TEXT)
    stream = backend.stream(prompt, DRAWN)
    next(stream)

    stream.close()

    assert backend.generate([prompt], GREEDY)[0][0].token_ids
    backend.close()


def test_a_prompt_that_fills_the_context_is_refused(llama_backend: LlamaCppBackend) -> None:
    with pytest.raises(InputError, match="64 tokens. Allowed: fewer than 64"):
        llama_backend.generate([[9] * 64], GREEDY)
    with pytest.raises(InputError, match="Allowed: the backend transformers"):
        llama_backend.log_likelihood([9, 9])


def test_what_llama_cpp_refuses_is_one_line_and_the_next_works(llama_backend: LlamaCppBackend, prompt: list[int]) -> None:
    with pytest.raises(GenerationError, match=r"tiny-f16\.gguf: llama\.cpp refuses: "):
        llama_backend.generate([[100_000]], GREEDY)

    assert llama_backend.generate([prompt], GREEDY)[0][0].token_ids


def test_a_file_without_our_tokenizer_is_cut_by_llama_cpp(gguf: Path, model_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(gguf.read_bytes().replace(TOKENIZER_JSON.encode(), b"x" * len(TOKENIZER_JSON)))

    backend = LlamaCppBackend(path)
    asked, text = backend.fim_prompt("return 12", "\n"), backend.vocabulary.decode(backend.encode("return 12"))
    backend.close()

    assert asked == [2, *encode(model_folder, "return 12"), 3, *encode(model_folder, "\n"), 4]
    assert text == "return 12"


def test_the_tokenizer_of_the_models_folder_is_taken_where_the_file_brings_none(
    gguf: Path, model_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "gguf").mkdir()
    path = tmp_path / "gguf" / "other.gguf"
    path.write_bytes(gguf.read_bytes().replace(TOKENIZER_JSON.encode(), b"x" * len(TOKENIZER_JSON)))
    (tmp_path / "tokenizer.json").write_bytes((model_folder / "tokenizer.json").read_bytes())

    backend = LlamaCppBackend(path)
    backend.close()

    assert isinstance(backend.vocabulary, FileVocabulary)


def test_a_header_says_what_the_gguf_package_reads(gguf: Path) -> None:
    fields = gguf_package.GGUFReader(gguf).fields

    header = read_header(gguf)

    listed = {key for key, field in fields.items() if field.types and field.types[0] == gguf_package.GGUFValueType.ARRAY}
    assert header.keys() == {key for key in fields if not key.startswith("GGUF.")} - listed
    assert all(value == pytest.approx(fields[key].contents()) for key, value in header.items())


@pytest.mark.parametrize("length", [0, 4, 20, 60, 300, 5000])
def test_a_file_that_ends_too_early_is_refused(gguf: Path, tmp_path: Path, length: int) -> None:
    (tmp_path / "x.gguf").write_bytes(gguf.read_bytes()[:length])

    with pytest.raises(InputError, match=r"x\.gguf: (not a GGUF|a broken GGUF)"):
        read_header(tmp_path / "x.gguf")


def test_a_header_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 60))

    with pytest.raises(InputError, match="a broken GGUF file"):
        read_header(tmp_path / "x.gguf")


def test_ctrl_c_stays_pythons(gguf: Path) -> None:
    with loaded(gguf, 64, 1), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_others_on_this_machine_are_not_answered(gguf: Path) -> None:
    with loaded(gguf, 64, 1) as model, pytest.raises(RefusedError, match="(?i)api key"):
        list(Endpoint(f"{model.address}/completion", "guessed", "x").lines({"prompt": "a"}, lambda: False))
