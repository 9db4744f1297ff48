"""Measure `seedbed serve` under load: `python -m tests.bench.serve MODEL [--seconds 120] [--clients 50]`.

Each client asks for a completion at a place of its own, reads the answer, and asks again at the next place, so that the cache
never helps. A 429 is waited out as the answer says, at most a second. The server is a process of its own with its defaults, but
for the rate, which all clients on one address share. Prints a JSON object: answers, errors other than 429, latencies of what
was served (waiting for a turn included), how even the clients were served, memory of the server before and after.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests import frozen
from tests.serving.http.process import Serving, serving

_WARM_SECONDS = 5.0
_PARTS = 4
"""Memory is read after each of them: one that only fills its caches grows ever less."""
_NEW_TOKENS = 64


@dataclass
class Client:
    """What one client saw. seconds: of each answer that came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def main(model: str, seconds: float, clients: int) -> dict[str, object]:
    places = _places()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), model, "--rate", "0") as server:
        _load(server, places, clients, min(_WARM_SECONDS, seconds), "warm")
        memory, seen = [_resident_mb(server)], [Client() for _ in range(clients)]
        for number in range(_PARTS):
            for one, more in zip(seen, _load(server, places, clients, seconds / _PARTS, f"measured {number}"), strict=True):
                one.seconds += more.seconds
                one.statuses += more.statuses
            memory.append(_resident_mb(server))
        return {"clients": clients, "seconds": seconds, **_summary(seen), "rss_mb": memory}


def _load(server: Serving, places: list[tuple[str, str]], clients: int, seconds: float, name: str) -> list[Client]:
    seen = [Client() for _ in range(clients)]
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_ask, args=(server, one, places, f"{name} {number}", until)) for number, one in enumerate(seen)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _ask(server: Serving, client: Client, places: list[tuple[str, str]], name: str, until: float) -> None:
    turn = 0
    with server.http() as http:
        while time.monotonic() < until:
            prefix, suffix = places[turn % len(places)]
            turn += 1
            body = {"prompt": f"# {name} {turn}\n{prefix}", "suffix": suffix, "path": "a.py", "max_tokens": _NEW_TOKENS}
            start = time.perf_counter()
            try:
                answer = http.post("/v1/completions", json=body)
            except httpx2.HTTPError as error:
                client.statuses[type(error).__name__] += 1
                continue
            client.statuses[str(answer.status_code)] += 1
            if answer.status_code == 200:
                client.seconds.append(time.perf_counter() - start)
            elif answer.status_code == 429:
                time.sleep(min(1.0, float(answer.headers["Retry-After"])))


def _summary(seen: list[Client]) -> dict[str, object]:
    statuses = sum((one.statuses for one in seen), Counter[str]())
    took = sorted(second for one in seen for second in one.seconds)
    served = [len(one.seconds) for one in seen]
    cuts = statistics.quantiles(took, n=20) if len(took) > 1 else [0.0] * 19
    return {
        "answers": dict(statuses),
        "errors_but_429": sum(count for status, count in statuses.items() if status not in {"200", "429"}),
        "p50_s": round(cuts[9], 3),
        "p95_s": round(cuts[18], 3),
        "served_per_client": [min(served), max(served)],
        "fairness": round(max(served) / max(1, min(served)), 2),
    }


def _places() -> list[tuple[str, str]]:
    """Text before and behind the middle of each function-sized piece of frozen code."""
    found = []
    for text in frozen.files("*.py").values():
        for start in range(0, len(text) - 1200, 1200):
            found.append((text[start : start + 600], text[start + 700 : start + 900]))
    return found


def _resident_mb(server: Serving) -> float:
    assert server.process
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return round(int(status.partition("VmRSS:")[2].split()[0]) / 1000, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=50)
    told = parser.parse_args()
    sys.stdout.write(json.dumps(main(told.model, told.seconds, told.clients)) + "\n")
