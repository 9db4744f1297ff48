"""A server whose model is run by transformers in its own process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.localhub.process import wait_for
from tests.serving.http.process import Serving, serving
from tests.serving.http.upstream import SECONDS

LONG = {"max_tokens": 400, "temperature": 1.0, "top_k": 0, "n": 16}


@pytest.fixture(scope="module")
def in_torch(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    options = ("--backend", "transformers", "--requests", "1", "--rate", "0")
    with serving(tmp_path_factory.mktemp("in-torch"), str(tiny), *options) as server:
        yield server


def test_a_middle_is_filled_in_whole_and_streamed(in_torch: Serving) -> None:
    client = in_torch.openai()
    wanted = {"model": "any", "prompt": "def f(a):\n    return ", "suffix": "\n\nprint(f(1))\n", "max_tokens": 12}

    told = client.completions.create(**wanted, seed=1)
    chunks = list(client.completions.create(**wanted, seed=2, stream=True))

    assert told.model == "tiny"
    assert told.usage
    assert told.usage.completion_tokens > 0
    assert told.model_extra
    assert told.model_extra["seedbed"]["fim"] is True
    assert chunks[-1].choices[0].finish_reason in {"stop", "length"}


def test_the_model_stops_when_nobody_waits_any_more(in_torch: Serving) -> None:
    before = in_torch.metric("seedbed_cancelled_total")
    with in_torch.http() as client:
        start = time.monotonic()
        client.post("/v1/completions", json={**LONG, "prompt": "# whole\n"}).raise_for_status()
        seconds = time.monotonic() - start
        start = time.monotonic()
        with pytest.raises(httpx2.ReadTimeout):
            client.post("/v1/completions", json={**LONG, "prompt": "# left\n"}, timeout=httpx2.Timeout(10, read=seconds / 10))

    wait_for(lambda: in_torch.metric("seedbed_running") == 0, SECONDS, "the turn to be over")
    assert time.monotonic() - start < seconds
    assert in_torch.metric("seedbed_cancelled_total") == before + 1
