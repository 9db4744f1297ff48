"""Many at once, those who leave, and a model that fails: the model is elsewhere and does what the test says."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import openai
import pytest

from tests.localhub.process import wait_for
from tests.serving.http.process import Serving, serving
from tests.serving.http.upstream import SECONDS, Upstream


def test_a_full_queue_is_429_and_the_others_are_served(narrow: Serving, upstream: Upstream) -> None:
    upstream.go.clear()
    client = narrow.openai()
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(client.completions.create, model="any", prompt=f"{number} = ") for number in range(2)]
        wait_for(lambda: narrow.metric("seedbed_running") == narrow.metric("seedbed_waiting") == 1, SECONDS, "a full queue")

        with pytest.raises(openai.RateLimitError) as caught:
            client.completions.create(model="any", prompt="one too many")
        upstream.go.set()

        assert [one.result(SECONDS).choices[0].text for one in asked] == ["pass\n", "pass\n"]
    assert caught.value.code == "queue_full"
    assert int(caught.value.response.headers["retry-after"]) >= 1
    assert all("too many" not in question["prompt"] for question in upstream.asked)


@pytest.mark.parametrize("stream", [False, True])
def test_the_model_stops_when_nobody_waits_any_more(narrow: Serving, upstream: Upstream, stream: bool) -> None:
    before = narrow.metric("seedbed_cancelled_total")
    upstream.go.clear()
    with narrow.http() as client, pytest.raises(httpx2.ReadTimeout):
        client.post("/v1/completions", json={"prompt": f"left {stream}", "stream": stream}, timeout=httpx2.Timeout(10, read=0.5))

    assert upstream.hung_up.wait(SECONDS)
    wait_for(lambda: narrow.metric("seedbed_running") == 0, SECONDS, "the turn to be over")
    assert narrow.metric("seedbed_cancelled_total") == before + 1
    upstream.go.set()
    assert narrow.openai().completions.create(model="any", prompt=f"next {stream}").choices[0].text == "pass\n"


def test_who_leaves_the_queue_is_not_worked_for(narrow: Serving, upstream: Upstream) -> None:
    upstream.go.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(narrow.openai().completions.create, model="any", prompt="first")
        assert upstream.began.acquire(timeout=SECONDS)
        with narrow.http() as client, pytest.raises(httpx2.ReadTimeout):
            client.post("/v1/completions", json={"prompt": "second"}, timeout=httpx2.Timeout(10, read=0.3))
        wait_for(lambda: narrow.metric("seedbed_waiting") == 0, SECONDS, "an empty queue")
        upstream.go.set()
        first.result(SECONDS)

    assert [question["prompt"] for question in upstream.asked] == ["first"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_fails_is_503_and_the_server_goes_on(narrow: Serving, upstream: Upstream, stream: bool) -> None:
    upstream.fails = True
    client = narrow.openai()

    with pytest.raises(openai.InternalServerError) as caught:
        client.completions.create(model="any", prompt=f"a secret prompt {stream}", stream=stream)

    assert (caught.value.status_code, caught.value.code) == (503, "model_failed")
    upstream.fails = False
    assert client.completions.create(model="any", prompt=f"works {stream}").choices[0].text == "pass\n"
    assert "secret prompt" not in narrow.log


def test_a_stream_is_the_completion_in_pieces(narrow: Serving, upstream: Upstream) -> None:
    upstream.texts = ["x = 1\ny = f(\n    x,\n)\nprint(y)\n"]
    wanted = {"model": "any", "prompt": "# in pieces\n", "extra_body": {"path": "a.py"}}
    chunks = list(narrow.openai().completions.create(**wanted, stream=True))
    streamed = [choice.text for chunk in chunks for choice in chunk.choices]

    whole = narrow.openai().completions.create(**wanted)

    assert "".join(streamed) == whole.choices[0].text
    assert streamed[:2] == ["x = 1", "\ny = f("]


def test_a_credential_never_leaves_not_even_in_a_stream(narrow: Serving, upstream: Upstream) -> None:
    secret = "wJalrXUtnFEMI7K2MDENGbPxRfiCYzzQ9wLmKeY8"
    upstream.texts = [f'a = 1\nb = 2\naws_secret_access_key = "{secret}"\nc = 3\n']
    client = narrow.openai()

    told = list(client.completions.create(model="any", prompt="# settings\n", stream=True, extra_body={"path": "a.py"}))

    text = "".join(choice.text for chunk in told for choice in chunk.choices)
    assert secret[:8] not in text
    assert text in {"a = 1\nb = 2", ""}
    assert told[-1].choices[0].finish_reason == "content_filter"
    whole = client.completions.create(model="any", prompt="# the settings\n", extra_body={"path": "a.py"})
    assert (whole.choices[0].text, whole.choices[0].finish_reason) == ("", "content_filter")


def test_one_caller_may_not_ask_too_often(upstream: Upstream, tmp_path: Path) -> None:
    with serving(tmp_path, upstream.url, "--rate", "6") as server:
        client = server.openai()
        client.completions.create(model="any", prompt="a")

        with pytest.raises(openai.RateLimitError) as caught:
            client.completions.create(model="any", prompt="b")

    assert caught.value.code == "rate_limit_exceeded"
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 10


def test_sigterm_lets_what_is_under_way_end(upstream: Upstream, tmp_path: Path) -> None:
    upstream.go.clear()
    with serving(tmp_path, upstream.url) as narrow, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(narrow.openai().completions.create, model="any", prompt="a")
        assert upstream.began.acquire(timeout=SECONDS)
        narrow.tell(signal.SIGTERM)
        wait_for(lambda: not _answers(narrow), SECONDS, "a closed port")
        upstream.go.set()

        assert asked.result(SECONDS).choices[0].text == "pass\n"
        assert narrow.process
        assert narrow.process.wait(SECONDS) == 0


def _answers(server: Serving) -> bool:
    try:
        with server.http() as client:
            return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False
