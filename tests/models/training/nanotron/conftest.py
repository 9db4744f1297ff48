from __future__ import annotations

import pytest

import seedbed.models.training.nanotron  # noqa: F401 (before anything imports nanotron itself)
from tests.models.training.nanotron.tiny import Place, place


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A run of six steps in one process that nothing interrupted."""
    ours = place(tmp_path_factory.mktemp("whole"))
    done = ours.train()
    assert done.returncode == 0, done.stderr
    return ours
