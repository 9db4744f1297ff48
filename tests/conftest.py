"""What all tests share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _thawed_at_the_end() -> Iterator[None]:
    """Loading the license index freezes all objects for the forks; thawed, C extensions can free theirs without complaint."""
    yield
    gc.unfreeze()
