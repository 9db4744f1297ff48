"""What a person may call a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.core.errors import InputError, MissingExtraError
from seedbed.models.inference import BackendOptions, open_backend
from seedbed.models.inference.backend import Sampling


def test_a_folder_and_a_file_are_opened(model_folder: Path, gguf: Path) -> None:
    opened = [open_backend(model_folder), open_backend(str(gguf), options=BackendOptions(context=32, slots=1))]
    names = [type(backend).__name__ for backend in opened]
    counts = [len(backend.generate([backend.plain_prompt("x")], Sampling(max_new_tokens=2, temperature=0))) for backend in opened]
    contexts = [backend.context_tokens for backend in opened]
    for backend in opened:
        backend.close()

    assert names == ["TransformersBackend", "LlamaCppBackend"]
    assert (counts, contexts) == ([1, 1], [64, 32])


def test_the_file_that_loses_least_is_taken(tmp_path: Path, gguf: Path) -> None:
    (tmp_path / "gguf").mkdir()
    for name in ("m-Q4_0.gguf", "m-f16.gguf", "m-Q8_0.gguf"):
        (tmp_path / "gguf" / name).write_bytes(gguf.read_bytes())

    opened = open_backend(tmp_path, "llamacpp")
    opened.close()

    assert opened.name == "m-Q8_0.gguf"


@pytest.mark.parametrize(
    ("model", "kind", "message"),
    [
        ("nowhere", "auto", "nowhere: no such model. Allowed: a folder, a GGUF file, an id on the Hub"),
        ("nowhere.gguf", "llamacpp", "no such model"),
        ("a/b/c", "transformers", "no such model"),
        ("a/b", "openai", "not a URL"),
        ("http://127.0.0.1/v1", "vllm", "for the URL http://127.0.0.1/v1. Allowed: openai"),
        ("x", "torch", "backend: 'torch'. Allowed: auto, transformers, llamacpp, openai, vllm"),
    ],
)
def test_what_is_no_model_is_one_line(model: str, kind: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_backend(model, kind)


def test_a_folder_without_a_gguf_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no GGUF file there"):
        open_backend(tmp_path, "llamacpp")


def test_a_file_is_llama_cpps(gguf: Path) -> None:
    with pytest.raises(InputError, match="a file, which the backend transformers does not load"):
        open_backend(gguf, "transformers")


def test_a_backend_that_is_not_installed_is_one_line(model_folder: Path) -> None:
    with pytest.raises(MissingExtraError, match="backend vllm: vllm is not installed"):
        open_backend(model_folder, "vllm")
