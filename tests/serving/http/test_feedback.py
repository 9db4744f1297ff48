"""Feedback sent to a server that may be killed at any moment."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2

from seedbed.serving.feedback import read_events
from tests.localhub.process import wait_for
from tests.serving.http.process import Serving, serving
from tests.serving.http.upstream import SECONDS, Upstream


def event(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"event-{number}", "consent": True, "action": "edited", "shown": "a = 1\n", "final": "a = 2\n", **more}


def test_an_event_is_kept_with_consent_only(server: Serving) -> None:
    with server.http() as client:
        kept, again, not_kept = (client.post("/v1/feedback", json=one) for one in (event(1), event(1), event(2, consent=False)))
        unknown = client.post("/v1/feedback", json=event(3, action="liked"))
        unnamed = client.post("/v1/feedback", json=event(4, id="a b"))
        vague = client.post("/v1/feedback", json=event(5, consent="yes"))

    assert (kept.json()["is_new"], again.json()["is_new"]) == (True, False)
    assert (not_kept.status_code, not_kept.json()["error"]["code"]) == (400, "no_consent")
    assert (unknown.status_code, unnamed.status_code, vague.status_code) == (400, 400, 400)
    assert [kept.id for kept in read_events(server.feedback)] == ["event-1"]
    assert server.metric('seedbed_feedback_total{action="edited"}') == 1


def test_kill_9_in_the_middle_loses_nothing_and_doubles_nothing(upstream: Upstream, tmp_path: Path) -> None:
    told: set[int] = set()
    server = Serving(tmp_path, upstream.url, ("--rate", "0"))
    server.start()
    sending = threading.Thread(target=_send, args=(server, 2000, told))
    sending.start()
    wait_for(lambda: len(told) >= 30, SECONDS, "some events")
    server.kill()
    sending.join(SECONDS)
    before = set(told)
    assert 30 <= len(before) < 2000

    with serving(tmp_path, upstream.url, "--rate", "0") as again:
        _send(again, max(before) + 20, told)  # a client that does not know what came through sends all of it again

    files = list((server.feedback / "events").iterdir())
    assert len(files) == 2  # one of each process
    kept = Counter(json.loads(line)["id"] for path in files for line in path.read_text().splitlines())
    assert {f"event-{number}" for number in before} <= set(kept)
    assert kept == Counter(f"event-{number}" for number in range(max(before) + 20))


def _send(server: Serving, events: int, told: set[int]) -> None:
    """Send until there is nobody to send to, and note what was said to be kept."""
    with server.http() as client:
        for number in range(events):
            try:
                answer = client.post("/v1/feedback", json=event(number, prefix="x = 1\n" * 50))
            except httpx2.TransportError:
                return
            assert answer.status_code == 200
            told.add(number)
