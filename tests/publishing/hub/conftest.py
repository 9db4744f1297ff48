from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localhub.process import HubProcess, running_hub
from tests.publishing.hub import folders
from tests.publishing.hub.publishing import Person


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A Hub that all tests here share; each publishes under a name of its own."""
    with running_hub(tmp_path_factory.mktemp("publishing") / "hub") as shared:
        yield shared


@pytest.fixture
def person(hub: HubProcess, tmp_path: Path) -> Person:
    return Person(hub.url, tmp_path / "home")


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented dataset; nobody changes it."""
    return folders.invented_dataset(tmp_path_factory.mktemp("sealed") / "invented")


@pytest.fixture
def repo_id(request: pytest.FixtureRequest) -> str:
    """A name that no other test uses."""
    return "alice/" + "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[:90].strip("-").replace(
        "--", "-"
    )
