"""A server whose feedback goes on to a Hub, where either may be away or be killed."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from tests.localhub.process import READER, HubProcess, running_hub, wait_for
from tests.publishing.hub.publishing import Person
from tests.serving.http.process import Serving
from tests.serving.http.test_feedback import event
from tests.serving.http.upstream import SECONDS, Upstream

REPOSITORY = "alice/feedback"
OPTIONS = ("--rate", "0", "--feedback-to", REPOSITORY, "--feedback-every", "0.005")


def login(hub: HubProcess, home: Path, token: str = "hf_alice_may_write") -> Mapping[str, str]:
    return {"HF_ENDPOINT": hub.url, "HF_HOME": str(home), "HF_TOKEN": token}


def kept(hub: HubProcess, home: Path) -> Counter[str]:
    """Ids as they stand on the Hub."""
    api = Person(hub.url, home).api
    found: Counter[str] = Counter()
    for name in api.list_repo_files(REPOSITORY, repo_type="dataset"):
        if name.startswith("events/"):
            path = api.hf_hub_download(REPOSITORY, name, repo_type="dataset", local_dir=home / "looked")
            found.update(json.loads(line)["id"] for line in Path(path).read_text().splitlines())
    return found


def test_a_hub_that_is_away_keeps_nobody_waiting(upstream: Upstream, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        port = hub.port
        hub.stop()
        server = Serving(tmp_path / "server", upstream.url, OPTIONS, extra=login(hub, tmp_path / "home"))
        server.start()
        with server.http() as client:
            completed = client.post("/v1/completions", json={"prompt": "def f():\n    ", "max_tokens": 4})
            told = [client.post("/v1/feedback", json=event(number)) for number in (1, 2)]
        waiting = server.metric("seedbed_feedback_waiting")
        hub.start(port)
        wait_for(lambda: server.metric("seedbed_feedback_waiting") == 0, SECONDS, "the events to be sent")
        with server.http() as client:
            client.post("/v1/feedback", json=event(3))
        code = server.stop()

        assert (completed.status_code, [answer.status_code for answer in told], waiting, code) == (200, [200, 200], 2, 0)
        assert kept(hub, tmp_path) == Counter(["event-1", "event-2", "event-3"])
    assert "cannot be reached" in server.log
    assert not any(word in server.log for word in ("Traceback", "hf_alice"))


@pytest.mark.slow
def test_kill_9_while_many_send_loses_nothing_and_doubles_nothing(upstream: Upstream, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        told: set[int] = set()
        for _ in range(2):
            server = Serving(tmp_path / "server", upstream.url, OPTIONS, extra=login(hub, tmp_path / "home"))
            server.start()
            senders = [threading.Thread(target=_send, args=(server, first, told)) for first in range(0, 80_000, 10_000)]
            for sender in senders:
                sender.start()
            before = len(told)
            wait_for(lambda: len(told) >= before + 200, SECONDS, "some events")  # noqa: B023 - it is done in this round
            server.kill()
            for sender in senders:
                sender.join(SECONDS)

        server.start()  # again with the folder, and nobody sends
        wait_for(lambda: server.metric("seedbed_feedback_waiting") == 0, SECONDS, "the events to be sent")
        server.stop()

        found = kept(hub, tmp_path)
        assert {f"event-{number}" for number in told} <= set(found)
        assert set(found.values()) == {1}


@pytest.mark.slow
def test_the_official_client_loads_what_was_sent(upstream: Upstream, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        server = Serving(tmp_path / "server", upstream.url, OPTIONS, extra=login(hub, tmp_path / "home"))
        for number in (1, 2):  # a file of each process
            server.start()
            with server.http() as client:
                client.post("/v1/feedback", json=event(number, shown="2020-01-01 00:00:00", prefix="ü🤗\n"))
            server.stop()
        code = f"from datasets import load_dataset; print(load_dataset({REPOSITORY!r}, split='train').sort('id').to_list())"

        said = Person(hub.url, tmp_path / "loading").python("-c", code)

        assert said.returncode == 0, said.stderr
        assert said.stdout.count("'shown': '2020-01-01 00:00:00'") == 2
        assert said.stdout.count("'prefix': 'ü🤗\\n'") == 2


def test_where_nothing_may_be_sent_the_server_does_not_start(upstream: Upstream, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        server = Serving(tmp_path / "server", upstream.url, OPTIONS, extra=login(hub, tmp_path / "home", READER.token))
        with pytest.raises(AssertionError, match="ended with 2"):
            server.start()

    (line,) = [line for line in server.log.splitlines() if line]
    assert "may only read" in line
    assert READER.token not in line


def _send(server: Serving, first: int, told: set[int]) -> None:
    """Each event until it is acknowledged, for as long as there is somebody."""
    with server.http() as client:
        for number in range(first, first + 10_000):
            if number in told:
                continue
            try:
                answer = client.post("/v1/feedback", json=event(number))
            except httpx2.TransportError:
                return
            assert answer.status_code == 200
            told.add(number)
