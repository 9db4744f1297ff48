"""One Hub for the tests of a module, and the client in this process pointed at it as HF_ENDPOINT and HF_TOKEN would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi, constants

from seedbed.publishing.hub import connection
from tests.localhub.process import WRITER, HubProcess, running_hub

Point = Callable[[str, str], HfApi]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with running_hub(tmp_path_factory.mktemp("feedback") / "hub") as shared:
        yield shared


@pytest.fixture
def point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Point]:
    """Point the client at a Hub with a token; to look at what came of it, the same client."""

    def at(url: str, token: str) -> HfApi:
        monkeypatch.setattr(constants, "ENDPOINT", url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
        monkeypatch.setenv("HF_TOKEN", token)
        connection.client.cache_clear()
        return connection.client()

    yield at
    connection.client.cache_clear()


@pytest.fixture
def api(hub: HubProcess, point: Point) -> HfApi:
    return point(hub.url, WRITER.token)
