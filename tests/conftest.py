"""What all tests share."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("seedbed", deadline=None)  # a slow example says that the machine is busy, not that the code is wrong
settings.load_profile("seedbed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that fork this process come first: other tests start threads and a Go runtime here, which no fork survives."""
    items.sort(key=lambda item: item.get_closest_marker("forks") is None)


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A shell starts what runs in its background deaf to ctrl-C, and every process below inherits that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def license_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `seedbed inspect` keeps its license index during the tests: it is made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def kept_findings(license_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own cache is left alone."""
    monkeypatch.setenv("SEEDBED_CACHE", str(license_cache))


@pytest.fixture(scope="session", autouse=True)
def _thawed_at_the_end() -> Iterator[None]:
    """Loading the license index freezes all objects for the forks; thawed, C extensions can free theirs without complaint."""
    yield
    gc.unfreeze()
