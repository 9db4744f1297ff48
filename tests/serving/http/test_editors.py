"""The requests of editor plugins, replayed in the shape in which their public sources send them.

llama.vim (ggml-org/llama.vim, autoload/llama.vim): /infill, first with nothing to write, so that a server reads ahead.
Continue (continuedev/continue, core/llm/llms): llama.cpp's /completion streamed, and OpenAI's /v1/completions.
Tabby (TabbyML/tabby, crates/http-api-bindings): both, streamed, with its own marks for the cursor.
"""

from __future__ import annotations

import json
from typing import Any

import httpx2

from tests.serving.http.process import Serving

PREFIX = "import os\nimport sys\n\n\ndef main():\n"
MIDDLE = "    path = os."
SUFFIX = "\n    return path\n\n\nmain()\n"
FIELDS = [
    "content",
    "timings/prompt_n",
    "timings/prompt_ms",
    "timings/prompt_per_token_ms",
    "timings/prompt_per_second",
    "timings/predicted_n",
    "timings/predicted_ms",
    "timings/predicted_per_token_ms",
    "timings/predicted_per_second",
    "truncated",
    "tokens_cached",
]
EXTRA = [{"text": "def helper():\n    return 1\n", "time": [1, 2], "filename": "helper.py"}]


def llama_vim(typed: str, **more: Any) -> dict[str, Any]:
    return {
        "id_slot": 0,
        "input_prefix": PREFIX,
        "input_suffix": SUFFIX,
        "input_extra": EXTRA,
        "prompt": typed,
        "n_predict": 32,
        "stop": [],
        "n_indent": 4,
        "top_k": 40,
        "top_p": 0.9,
        "stream": False,
        "samplers": ["top_k", "top_p", "infill"],
        "cache_prompt": True,
        "t_max_prompt_ms": 500,
        "t_max_predict_ms": 500,
        "response_fields": FIELDS,
        **more,
    }


def test_llama_vim(server: Serving) -> None:
    ahead = {"input_prefix": "", "input_suffix": "", "prompt": "", "n_predict": 0, "temperature": 0.0, "samplers": []}
    with server.http() as client:
        read_ahead = client.post("/infill", json={**llama_vim(""), **ahead, "response_fields": [""]})
        answers = ((middle, client.post("/infill", json=llama_vim(middle))) for middle in (MIDDLE, "p", "", "x", "re"))
        middle, told = next((middle, answer) for middle, answer in answers if len(answer.json()["content"]) > 2)
        typed = client.post("/infill", json=llama_vim(middle + told.json()["content"][:2]))

    assert (read_ahead.status_code, read_ahead.json()) == (200, {})
    assert set(told.json()) == set(FIELDS)
    assert told.json()["timings/predicted_n"] > 0
    assert told.json()["content"]
    assert typed.json()["content"] == told.json()["content"][2:]
    assert typed.json()["timings/predicted_n"] == 0  # known already


def events(answer: httpx2.Response) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def test_continue_with_llama_cpp(server: Serving) -> None:
    body = {
        "prompt": f"<fim_prefix>{PREFIX}{MIDDLE}<fim_suffix>{SUFFIX}<fim_middle>",
        "stream": True,
        "n_predict": 4096,
        "frequency_penalty": None,
        "presence_penalty": None,
        "min_p": None,
        "mirostat": None,
        "stop": ["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<file_sep>", "\n\n"],
        "top_k": None,
        "top_p": None,
        "temperature": 0.01,
    }
    with server.http() as client:
        answer = client.post("/completion", json=body)

    told = events(answer)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [one["stop"] for one in told] == [False] * (len(told) - 1) + [True]
    assert "\n\n" not in "".join(one["content"] for one in told)


def test_continue_with_openai(server: Serving) -> None:
    body = {
        "model": "starter",
        "prompt": PREFIX + MIDDLE,
        "suffix": SUFFIX,
        "max_tokens": 4096,
        "temperature": 0.01,
        "frequency_penalty": None,
        "presence_penalty": None,
        "stop": ["\n\n", "/src/", "```"],
        "stream": True,
    }
    with server.http() as client:
        answer = client.post("/v1/completions", json=body)

    told = events(answer)
    assert answer.text.endswith("data: [DONE]\n\n")
    assert [one["choices"][0]["finish_reason"] is None for one in told] == [True] * (len(told) - 1) + [False]


def test_tabby(server: Serving) -> None:
    by_llama = {
        "seed": 18_446_744_073_709_551_615,
        "prompt": f"<fim_prefix>{PREFIX}<fim_suffix>{SUFFIX}<fim_middle>",
        "n_predict": 64,
        "temperature": 0.1,
        "stream": True,
        "penalty_last_n": 0,
        "presence_penalty": 0.0,
    }
    by_openai = {
        "model": "starter",
        "prompt": PREFIX,
        "suffix": None,
        "max_tokens": 64,
        "temperature": 0.1,
        "stream": True,
        "presence_penalty": 0.0,
    }
    with server.http() as client:
        first, second = client.post("/completion", json=by_llama), client.post("/v1/completions", json=by_openai)

    assert events(first)[-1]["stop"] is True
    assert events(second)[-1]["choices"][0]["finish_reason"]
