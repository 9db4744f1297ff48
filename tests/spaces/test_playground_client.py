"""The playground's endpoints by the official client, and how it starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.utils import QueueError

from tests.localhub.process import wait_for
from tests.serving.http.upstream import SECONDS, Upstream
from tests.spaces.process import APP, Playground, environment


@pytest.fixture(scope="module")
def client(app: Playground) -> Client:
    return app.client()


@pytest.fixture(autouse=True)
def _fresh(upstream: Upstream) -> None:
    upstream.reset()


def test_candidates_come_with_what_is_known_of_them(client: Client, upstream: Upstream) -> None:
    upstream.texts = ["eval(a)"]

    answer = client.predict(prefix="def run(a):\n    ", language="Python", candidates=2, api_name="/complete")

    (candidate,) = answer["candidates"]
    assert candidate["text"] == "eval(a)"
    assert "drawn 2 times" in candidate["reasons"]
    assert any("eval" in finding["rule"] for finding in candidate["findings"])
    assert answer["timings_ms"]["total"] > 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prefix": ""}, "code: empty"),
        ({"prefix": "x", "language": "COBOL"}, "language: 'COBOL'. Allowed: "),
        ({"prefix": "x", "temperature": -1}, "temperature: -1"),
        ({"prefix": "x", "candidates": 5}, "candidates: 5. Allowed: a whole number from 1 to 4"),
        ({"prefix": "x", "new_tokens": 1.5}, "new tokens: 1.5"),
        ({"prefix": "x", "top_k": [1]}, r"top_k: \[1\]. Allowed: a whole number"),
        ({"prefix": "x", "top_k": "50"}, "top_k: '50'. Allowed: a whole number"),
        ({"prefix": {"a": "secret"}}, "prefix: not a text. Allowed: code"),
    ],
)
def test_what_means_nothing_is_refused_in_a_line(client: Client, fields: dict[str, object], words: str) -> None:
    with pytest.raises(Exception, match=words):
        client.predict(**fields, api_name="/complete")


def test_feedback_is_kept_once_and_only_with_consent(client: Client, app: Playground) -> None:
    fields = {"id": "an-id.0.accepted", "action": "accepted", "shown": "return a", "prefix": "def f(a):\n    "}
    before = len(app.events)

    refused = client.predict(**fields, consent=False, api_name="/feedback")
    told = [client.predict(**fields, consent=True, api_name="/feedback") for _ in range(2)]

    assert refused["kept"] is False
    assert told == [{"kept": True, "is_new": True}, {"kept": True, "is_new": False}]
    (event,) = app.events[before:]
    assert (event["action"], event["shown"], event["model"]) == ("accepted", "return a", "elsewhere")
    with pytest.raises(Exception, match="action: "):
        client.predict(**{**fields, "action": "liked"}, consent=True, api_name="/feedback")


def test_a_full_queue_says_so(client: Client, upstream: Upstream) -> None:
    upstream.go.clear()
    running = client.submit(prefix="first", api_name="/complete")
    assert upstream.began.acquire(timeout=SECONDS)
    waiting = client.submit(prefix="second", api_name="/complete")
    wait_for(lambda: waiting.status().rank == 0, SECONDS, "the second in the queue")

    with pytest.raises(QueueError, match="full"):
        client.predict(prefix="third", api_name="/complete")

    upstream.go.set()
    assert [job.result(SECONDS)["candidates"][0]["text"] for job in (running, waiting)] == ["pass\n"] * 2


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "SEEDBED_MODEL: not set"),
        ({"SEEDBED_MODEL": "/nowhere"}, "/nowhere: no such model"),
        ({"SEEDBED_MODEL": "/nowhere", "SEEDBED_WAITING": "many"}, "SEEDBED_WAITING: 'many'. Allowed: "),
    ],
)
@pytest.mark.slow
def test_what_it_cannot_start_with_is_one_line(tmp_path: Path, variables: dict[str, str], words: str) -> None:
    done = subprocess.run(
        [sys.executable, str(APP)], cwd=tmp_path, env=environment(variables), capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
