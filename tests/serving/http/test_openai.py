"""The `openai` client against a server with a real model."""

from __future__ import annotations

import openai
import pytest

from tests.serving.http.conftest import TOKEN
from tests.serving.http.process import Serving

PROMPT = "import os\n\n\ndef size(path):\n    "


def test_a_completion(server: Serving) -> None:
    told = server.openai().completions.create(model="any", prompt=PROMPT, max_tokens=24, temperature=1.0, seed=7)

    (choice,) = told.choices
    assert choice.text
    assert choice.finish_reason in {"stop", "length"}
    assert told.id.startswith("cmpl-")
    assert told.model == "tiny-f16.gguf"
    assert told.usage
    assert 0 < told.usage.completion_tokens <= 24
    assert told.usage.total_tokens == told.usage.prompt_tokens + told.usage.completion_tokens


def test_a_stream_ends_as_the_completion_does(server: Serving) -> None:
    client = server.openai()
    wanted = {"model": "any", "prompt": f"# streamed\n{PROMPT}", "max_tokens": 40, "temperature": 1.0}
    chunks = list(client.completions.create(**wanted, stream=True, stream_options={"include_usage": True}))

    whole = client.completions.create(**wanted)

    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert chunks[-1].usage
    assert chunks[-1].usage.completion_tokens > 0
    assert len({chunk.id for chunk in chunks}) == 1
    assert whole.model_extra
    assert whole.model_extra["seedbed"]["source"] == "cache"


def test_as_many_choices_as_are_asked_for(server: Serving) -> None:
    told = server.openai().completions.create(model="any", prompt=[PROMPT, "x = "], n=3, max_tokens=8, temperature=1.0)

    assert [choice.index for choice in told.choices] == [0, 1, 2, 3, 4, 5]


def test_a_suffix_is_filled_in_before(server: Serving) -> None:
    told = server.openai().completions.create(
        model="any", prompt="def f(a):\n    return ", suffix="\n\n\nprint(f(1))\n", max_tokens=8
    )
    marked = server.openai().completions.create(
        model="any", prompt="<fim_prefix>def f(a):\n    return <fim_suffix>\n\n\nprint(f(1))\n<fim_middle>", max_tokens=8
    )

    assert told.model_extra
    assert told.model_extra["seedbed"]["fim"] is True
    assert marked.choices[0].text == told.choices[0].text
    assert marked.model_extra
    assert marked.model_extra["seedbed"]["source"] == "cache"


def test_probabilities_are_of_the_tokens_of_the_text(server: Serving) -> None:
    told = server.openai().completions.create(model="any", prompt=PROMPT, logprobs=1, n=2, max_tokens=20, temperature=1.0, seed=3)

    for choice in told.choices:
        tokens = choice.logprobs
        assert tokens
        assert tokens.tokens
        assert tokens.token_logprobs
        assert tokens.text_offset
        assert "".join(tokens.tokens) == choice.text
        assert len(tokens.tokens) == len(tokens.token_logprobs) == len(tokens.text_offset)
        assert all(value is None or value <= 0 for value in tokens.token_logprobs)
        assert tokens.text_offset[0] == len(PROMPT)
    assert len(told.choices) == 2


def test_the_model_is_told(server: Serving) -> None:
    client = server.openai()
    (model,) = client.models.list()

    assert client.models.retrieve(model.id) == model
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("another")


@pytest.mark.parametrize(
    ("wanted", "param"),
    [
        ({"prompt": [1, 2, 3]}, "prompt.0"),
        ({"prompt": "a", "logprobs": 5}, "logprobs"),
        ({"prompt": "a", "logprobs": 1, "stream": True}, "logprobs"),
        ({"prompt": "a", "echo": True}, "echo"),
        ({"prompt": "a", "best_of": 3}, "best_of"),
        ({"prompt": "a", "logit_bias": {"1": 5}}, "logit_bias"),
        ({"prompt": "a", "temperature": -1}, "temperature"),
        ({"prompt": "a", "top_p": 0}, "top_p"),
        ({"prompt": "a", "max_tokens": 0}, "max_tokens"),
        ({"prompt": "a", "n": 17}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"prompt": ["a", "b"], "stream": True}, "prompt"),
        ({"prompt": "a", "stop": [""]}, "stop.0"),
        ({"prompt": "a", "extra_body": {"language": "Cobol"}}, "language"),
    ],
)
def test_what_means_nothing_or_is_not_offered_is_one_line(server: Serving, wanted: dict[str, object], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        server.openai().completions.create(model="any", **wanted)

    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[1]", 400),
        (b'{"prompt": "\\ud800"}', 400),
        (b'{"prompt": "a", "temperature": NaN}', 400),
        (b'{"prompt": ' + b"[" * 100_000, 400),
        (b'{"prompt": "a", "max_tokens": 1e400}', 400),
        (b"\xff\xfe", 400),
    ],
)
def test_a_body_that_is_none_is_refused_without_its_text(server: Serving, body: bytes, status: int) -> None:
    with server.http() as client:
        answer = client.post("/v1/completions", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "[[" not in answer.text


def test_a_form_is_told_which_header_is_missing(server: Serving) -> None:
    with server.http() as client:  # as `curl -d` sends what it is given
        answer = client.post("/v1/completions", data={'{"prompt": "a"}': ""})

    assert answer.status_code == 400
    assert "Allowed: a JSON object, with the header Content-Type: application/json." in answer.json()["error"]["message"]


@pytest.mark.parametrize("token", ["", "another", TOKEN + "x"])
def test_without_the_token_nothing_is_told(server: Serving, token: str) -> None:
    stranger = Serving(server.root, server.model, token=token, url=server.url)
    with stranger.http() as client:
        for path in ("/v1/models", "/metrics", "/openapi.json", "/nope"):
            assert client.get(path).status_code == 401
        assert client.post("/v1/completions", json={"prompt": "a"}).status_code == 401
        assert client.get("/healthz").json()["status"] == "ok"
    with pytest.raises(openai.AuthenticationError):
        stranger.openai().completions.create(model="any", prompt="a")


def test_another_name_for_this_machine_is_refused(server: Serving) -> None:
    with server.http() as client:
        assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 421


def test_a_body_that_is_too_long_is_refused_before_it_is_read(server: Serving) -> None:
    with server.http() as client:
        told = client.post("/v1/completions", json={"prompt": "x" * 8_000_001})
        chunks = (b"x" * 1_000_000 for _ in range(9))
        in_chunks = client.post("/v1/completions", content=chunks, headers={"Content-Type": "application/json"})

    assert (told.status_code, in_chunks.status_code) == (413, 413)


def test_the_metrics_are_what_happened(server: Serving) -> None:
    name = 'seedbed_requests_total{endpoint="/v1/completions",status="200"}'
    before = server.metric(name)
    server.openai().completions.create(model="any", prompt="metrics = ", max_tokens=4)

    assert server.metric(name) == before + 1
    assert server.metric('seedbed_tokens_total{kind="completion"}') > 0
    assert server.metric("seedbed_running") == 0


def test_no_text_and_no_token_is_in_the_log(server: Serving) -> None:
    server.openai().completions.create(model="any", prompt="a_text_that_nobody_else_should_read = ", max_tokens=4)

    assert "nobody_else" not in server.log
    assert TOKEN not in server.log
