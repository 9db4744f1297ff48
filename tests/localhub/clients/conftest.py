"""Every test here runs twice inside a process of the official clients: with Xet, and with HF_HUB_DISABLE_XET=1.

A test function is written as a user of the clients would write it; `HfApi()` finds endpoint and token in its environment.
Fixtures and parameters are made out here and arrive as copies, so they are plain data: names, paths, no client objects.
"""

import inspect
import re
import zlib
from collections.abc import Iterator

import pytest

from tests.localhub.clients.worker import Worker, environment
from tests.localhub.process import WRITER, HubProcess, running_hub

MODES = ["xet", "lfs"]


@pytest.fixture(scope="session", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """How large files travel: in chunks to the Xet store, or whole through LFS."""
    return str(request.param)


@pytest.fixture(scope="session")
def hub(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub for each mode: what one has uploaded, the other must send itself."""
    with running_hub(tmp_path_factory.mktemp(f"hub-{mode}") / "hub") as shared:
        yield shared


@pytest.fixture(scope="session", autouse=True)
def client_process(mode: str, hub: HubProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    home = tmp_path_factory.mktemp(f"home-{mode}")
    worker = Worker(home, environment(home, hub.url, WRITER.token, xet=mode == "xet"))
    yield worker
    worker.close()


@pytest.fixture
def url(hub: HubProcess) -> str:
    return hub.url


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A repository name nobody else uses, and that tells whose it is."""
    words = re.sub("[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[:60].strip("-")
    return f"{WRITER.user}/{words}-{zlib.crc32(request.node.nodeid.encode()):08x}"


def made(repo_type: str, client_process: Worker, name: str) -> str:
    outcome, why = client_process.run(__name__, "create", {"name": name, "repo_type": repo_type})
    assert outcome == "passed", why
    return name


@pytest.fixture
def dataset(client_process: Worker, name: str) -> str:
    return made("dataset", client_process, name)


@pytest.fixture
def model(client_process: Worker, name: str) -> str:
    return made("model", client_process, name)


def create(name: str, repo_type: str) -> None:
    from huggingface_hub import HfApi

    HfApi().create_repo(name, repo_type=repo_type)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    """Send the test to the client process instead of calling it here."""
    worker = pyfuncitem.funcargs["client_process"]
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {key: value for key, value in pyfuncitem.funcargs.items() if key in wanted}
    outcome, why = worker.run(pyfuncitem.module.__name__, pyfuncitem.obj.__name__, arguments)
    if outcome == "failed":
        pytest.fail(why, pytrace=False)
    if outcome == "skipped":
        pytest.skip(why)
    return True
