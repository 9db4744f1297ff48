"""Real servers for whoever tests the hub: one for the session, or one of a test's own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from localhub.hub import Hub
from tests.localhub.process import HubProcess, running_hub
from tests.localhub.served import client_of
from tests.localhub.visitors import fill


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that all tests share, so each makes repositories under names of its own."""
    with running_hub(tmp_path_factory.mktemp("shared") / "hub") as shared:
        yield shared


@pytest.fixture
def own_root(tmp_path: Path) -> Path:
    """Where a test that kills or restarts its hub keeps it: `with running_hub(own_root) as hub`."""
    return tmp_path / "hub"


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("filled")
    fill(root)
    return root


@pytest.fixture
def browser(filled: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A visitor of a copy of the filled hub, who follows no redirects unless told to and is not logged in."""
    hub = Hub(Path(shutil.copytree(filled, tmp_path / "hub")))
    with client_of(hub) as client:
        client.follow_redirects = False
        yield client
    hub.close()
