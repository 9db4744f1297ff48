"""Real servers for whoever tests the hub: one for the session, or one of a test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localhub.process import HubProcess, running_hub


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub that all tests share, so each makes repositories under names of its own."""
    with running_hub(tmp_path_factory.mktemp("shared") / "hub") as shared:
        yield shared


@pytest.fixture
def own_root(tmp_path: Path) -> Path:
    """Where a test that kills or restarts its hub keeps it: `with running_hub(own_root) as hub`."""
    return tmp_path / "hub"
