"""GGUF files: what llama.cpp makes of them is what transformers makes of the model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import gguf
import pytest
import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from seedbed.core.errors import ConversionError, GenerationError
from seedbed.models.conversion.gguf_check import (
    TIE,
    GgufAgreement,
    GgufProbe,
    GgufReference,
    check,
    reference_outputs,
    refuse_differences,
)
from seedbed.models.conversion.gguf_file import FIM_KEYS, FORMATS, GgufMetadata, write
from seedbed.models.inference.llama_cpp import loaded
from tests.models.layouts import VOCABULARY
from tests.models.runs import SOURCES, TinyRun, encode

ABOUT = GgufMetadata("tiny", "a tiny model", "apache-2.0")
PROMPTS = ("def f(x):\n    return", "import os\n", "class Thing:\n", "if x == 1 and", "for (int i = 0;")


@pytest.fixture(scope="module")
def probe(converted: TinyRun) -> GgufProbe:
    text = encode(converted.model, SOURCES[3].read_text(encoding="utf-8"))
    lines = SOURCES[3].read_text(encoding="utf-8").splitlines(keepends=True)
    return GgufProbe(
        tuple(tuple(encode(converted.model, text)) for text in PROMPTS),
        24,
        tuple(text[:60]),
        20,
        tuple(lines[:50]),
        tuple(range(8)),
    )


@pytest.fixture(scope="module")
def reference(converted: TinyRun, probe: GgufProbe) -> GgufReference:
    return reference_outputs(converted.model, probe)


def answer(converted: TinyRun, probe: GgufProbe, reference: GgufReference, path: Path, form: str) -> GgufAgreement:
    write(converted.model, path, FORMATS[form], ABOUT)
    return check(path, probe, reference, VOCABULARY, lambda line: encode(converted.model, line))


def test_the_reference_is_what_transformers_generates(converted: TinyRun, probe: GgufProbe, reference: GgufReference) -> None:
    model = LlamaForCausalLM.from_pretrained(converted.model)
    prompt = torch.tensor([probe.prompts[0]])

    generated = model.generate(prompt, do_sample=False, max_new_tokens=24, suppress_tokens=list(probe.without))

    assert tuple(generated[0, prompt.shape[1] :].tolist()) == reference.continuations[0]


def test_f16_continues_as_transformers_does(
    converted: TinyRun, probe: GgufProbe, reference: GgufReference, tmp_path: Path
) -> None:
    agreement = answer(converted, probe, reference, tmp_path / "f16.gguf", "f16")

    refuse_differences("f16", agreement)
    assert agreement.greedy_tokens == 24 * len(PROMPTS)
    assert agreement.greedy_equal == agreement.greedy_tokens or 0 < agreement.margin <= TIE
    assert agreement.loss == pytest.approx(reference.loss, abs=2e-3)
    assert agreement.best_equal == agreement.positions == 40


@pytest.mark.parametrize(("form", "least", "most"), [("Q8_0", 0.8, 0.02), ("Q4_0", 0.3, 0.5)])
def test_fewer_bits_are_near(
    converted: TinyRun, probe: GgufProbe, reference: GgufReference, tmp_path: Path, form: str, least: float, most: float
) -> None:
    agreement = answer(converted, probe, reference, tmp_path / "file.gguf", form)

    assert agreement.best_equal >= least * agreement.positions
    assert agreement.loss == pytest.approx(reference.loss, abs=most)


def test_fewer_bits_make_smaller_files(converted: TinyRun, tmp_path: Path) -> None:
    sizes = {}
    for name, form in FORMATS.items():
        write(converted.model, tmp_path / name, form, ABOUT)
        sizes[name] = (tmp_path / name).stat().st_size

    assert sizes["Q4_0"] < sizes["Q8_0"] < sizes["f16"]


def test_a_file_of_another_model_is_refused(
    converted: TinyRun, probe: GgufProbe, reference: GgufReference, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    model = LlamaForCausalLM.from_pretrained(converted.model)
    with torch.no_grad():
        model.model.layers[1].self_attn.q_proj.weight.mul_(-1)
    model.save_pretrained(other)
    (other / "tokenizer.json").write_bytes((converted.model / "tokenizer.json").read_bytes())
    write(other, tmp_path / "f16.gguf", FORMATS["f16"], ABOUT)

    agreement = check(tmp_path / "f16.gguf", probe, reference, VOCABULARY, lambda line: encode(converted.model, line))

    with pytest.raises(ConversionError, match="llama.cpp continues differently from transformers"):
        refuse_differences("f16", agreement)


def test_a_tie_is_no_difference() -> None:
    agreement = GgufAgreement(
        greedy_equal=90, greedy_tokens=96, margin=TIE, best_equal=1, positions=1, loss=1.0, lines_equal=0, lines=0
    )

    refuse_differences("f16", agreement)
    with pytest.raises(ConversionError):
        refuse_differences("f16", replace(agreement, margin=2 * TIE))


def test_ids_mean_the_same_tokens(converted: TinyRun, tmp_path: Path) -> None:
    write(converted.model, tmp_path / "f16.gguf", FORMATS["f16"], ABOUT)
    tokenizer = Tokenizer.from_file(str(converted.model / "tokenizer.json"))

    fields = gguf.GGUFReader(tmp_path / "f16.gguf").fields

    assert fields["tokenizer.ggml.tokens"].contents() == [tokenizer.id_to_token(number) for number in range(VOCABULARY)]
    for key, token in FIM_KEYS.items():
        assert fields[key].contents() == tokenizer.token_to_id(token)
    types = fields["tokenizer.ggml.token_type"].contents()
    assert [number for number, kind in enumerate(types) if kind == gguf.TokenType.CONTROL] == list(range(8))


def test_plain_text_is_tokenised_alike_by_llama_cpp(converted: TinyRun, tmp_path: Path) -> None:
    write(converted.model, tmp_path / "f16.gguf", FORMATS["f16"], ABOUT)
    text = "return 12 # <|endoftext|>"

    with loaded(tmp_path / "f16.gguf", 64, 1) as model:
        ids = model.tokens("return 12"), model.tokens(text)

    assert ids[0] == encode(converted.model, "return 12")
    assert 0 not in ids[1]


def test_what_is_no_gguf_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF" + b"\0" * 100)

    with pytest.raises(GenerationError, match=r"x\.gguf: llama\.cpp does not load it"), loaded(tmp_path / "x.gguf", 64, 1):
        pass


def test_a_vocabulary_with_a_gap_is_refused(converted: TinyRun, tmp_path: Path) -> None:
    model = LlamaForCausalLM.from_pretrained(converted.model)
    model.save_pretrained(tmp_path)
    data = json.loads((converted.model / "tokenizer.json").read_text(encoding="utf-8"))
    data["model"]["vocab"].pop(next(token for token, number in data["model"]["vocab"].items() if number == 300))
    (tmp_path / "tokenizer.json").write_text(json.dumps(data), encoding="utf-8")

    with pytest.raises(ConversionError, match="without a gap"):
        write(tmp_path, tmp_path / "f16.gguf", FORMATS["f16"], ABOUT)
