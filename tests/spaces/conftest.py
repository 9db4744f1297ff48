"""One playground, in front of a server elsewhere that writes what a test says, and one browser for all tests that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from seedbed.core.manifests import integrity
from seedbed.core.manifests.dataset import Manifest
from seedbed.data.attribution.build import build
from seedbed.data.attribution.index import description
from seedbed.data.attribution.layout import FOLDER
from seedbed.data.attribution.tokens import stripped
from tests.chromium import installed_chromium
from tests.invented_dataset import make_manifest, write_dataset
from tests.serving.http.upstream import Upstream, running
from tests.spaces.process import Playground, playground
from tests.spaces.visit import Visit

MILLISECONDS = 30_000
HOSTILE_NAME = "src/<img src=x onerror=window.caught=1>.py"
COPIED = """rows = []
    for line in path.read_text(encoding=code).splitlines():
        name, _, value = line.partition(sign)
        if name and value and not name.startswith(mark):
            rows.append((name.strip(), value.strip(), line))
    return sorted(rows, key=lambda row: (row[0], row[1]))
"""


@pytest.fixture(scope="package")
def upstream() -> Iterator[Upstream]:
    with running() as elsewhere:
        yield elsewhere


@pytest.fixture(scope="package")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset in which one file, with a name that would be markup, is what the model writes."""
    folder = tmp_path_factory.mktemp("seen") / "invented"
    write_dataset(folder)
    integrity.seal(with_index(make_manifest(folder), folder), folder)
    return folder


def with_index(manifest: Manifest, folder: Path) -> Manifest:
    """Index one file for attribution. Returns: a manifest that tells of the index."""
    row = {
        "id": "0" * 64,
        "project": "pkg:pypi/tables",
        "version": "2.32.3",
        "path": HOSTILE_NAME,
        "license": "Apache-2.0",
        "language": "Python",
        "swhid": f"swh:1:cnt:{'0' * 40}",
        "text": stripped(f"def read(path, code, sign, mark):\n    {COPIED}", "Python").decode(),
    }
    build([row], folder / FOLDER, lambda _: None)
    return manifest.model_copy(update={"attribution": description(folder / FOLDER)})


@pytest.fixture(scope="package")
def app(upstream: Upstream, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    settings = {"SEEDBED_MODEL": upstream.url, "SEEDBED_FIM": "suffix", "SEEDBED_DATASET": str(dataset)}
    with playground(tmp_path_factory.mktemp("playground"), **settings, SEEDBED_RUNNING="1", SEEDBED_WAITING="1") as one:
        yield one


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with installed_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="package")
def window(browser: Browser, app: Playground) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(MILLISECONDS)
    expect.set_options(timeout=MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(window: Page, app: Playground, upstream: Upstream) -> Visit:
    """The page as somebody new sees it; the server elsewhere knows nothing of the tests before."""
    upstream.reset()
    return Visit(window, app).begin()
