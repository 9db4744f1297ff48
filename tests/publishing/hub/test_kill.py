"""kill -9 of the client at any moment, then the same command again: one correct commit, and little is sent twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.localhub.process import HubProcess
from tests.publishing.hub.folders import CARD, write
from tests.publishing.hub.publishing import Person
from tests.publishing.hub.wire import Address, Wire

FILES, FILE_BYTES = 6, 2_000_000
TOTAL = FILES * FILE_BYTES
HOLD_SECONDS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model of bytes that no Hub has seen."""
    weights: dict[str, str | bytes] = {f"part-{number}.safetensors": os.urandom(FILE_BYTES) for number in range(FILES)}
    return write(tmp_path / "model", {"README.md": CARD, "config.json": "{}"} | weights)


@pytest.fixture
def address(hub: HubProcess) -> Iterator[Address]:
    made = Address(hub.port)
    yield made
    made.close()


@pytest.fixture
def person(address: Address, tmp_path: Path) -> Person:
    return Person(address.url, tmp_path / "home")


@pytest.fixture(params=[{}, {"HF_HUB_DISABLE_XET": "1"}], ids=["xet", "lfs"])
def either_way(person: Person, request: pytest.FixtureRequest) -> Person:
    """Somebody who uploads with Xet, or without."""
    return replace(person, extra=request.param)


COMMAND = "from seedbed.cli import main; raise SystemExit(main())"
APPLY = "import importlib; apply = importlib.import_module('seedbed.publishing.hub.apply')"
SMALL_BATCHES = f"{APPLY}; apply.BATCH_BYTES = {FILE_BYTES}; {COMMAND}"


def killed(person: Person, wire: Wire, folder: Path, repo_id: str, code: str = COMMAND) -> int:
    """Publish over a wire that stops somewhere, and kill the client there. Returns the bytes that reached the Hub."""
    command = [sys.executable, "-c", code, "publish", str(folder), "--to", repo_id]
    with subprocess.Popen(command, env=person.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert wire.held.wait(HOLD_SECONDS)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    return wire.sent


def again(person: Person, wire: Wire, folder: Path, repo_id: str) -> int:
    """The same command, undisturbed. Returns the bytes that it sent."""
    person.published(folder, repo_id)
    return wire.sent


def assert_whole(person: Person, folder: Path, repo_id: str, place: Path) -> None:
    """One commit after the first, with the folder's very bytes."""
    assert person.commits(repo_id, "model")[:-1] == [f"Publish model: {FILES + 2} files added"]
    there = Path(person.api.snapshot_download(repo_id, local_dir=place / "there"))
    for path in folder.iterdir():
        assert (there / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("share", [0.05, 0.9])
def test_killed_in_the_middle_of_an_upload(
    either_way: Person, address: Address, folder: Path, tmp_path: Path, repo_id: str, share: float
) -> None:
    killed(either_way, address.lay(lambda _data, sent: sent > share * TOTAL), folder, repo_id)
    wire = address.lay()
    between = either_way.files(repo_id, "model")
    again(either_way, wire, folder, repo_id)

    assert between == {".gitattributes"}
    assert_whole(either_way, folder, repo_id, tmp_path)


def test_a_batch_that_was_sent_stays_sent(
    either_way: Person, address: Address, folder: Path, tmp_path: Path, repo_id: str
) -> None:
    killed(either_way, address.lay(lambda _data, sent: sent > 0.9 * TOTAL), folder, repo_id, SMALL_BATCHES)

    resent = again(either_way, address.lay(), folder, repo_id)

    assert resent < TOTAL / 2
    assert_whole(either_way, folder, repo_id, tmp_path)


def test_killed_before_the_commit_nothing_large_is_sent_again(
    either_way: Person, address: Address, folder: Path, tmp_path: Path, repo_id: str
) -> None:
    sent = killed(either_way, address.lay(lambda data, _sent: b"/commit/main" in data), folder, repo_id)

    resent = again(either_way, address.lay(), folder, repo_id)

    assert sent > TOTAL
    assert resent < FILE_BYTES / 10
    assert_whole(either_way, folder, repo_id, tmp_path)


def test_killed_after_the_commit_the_next_run_finds_it(
    person: Person, address: Address, folder: Path, tmp_path: Path, repo_id: str
) -> None:
    killed(person, address.lay(hold_reply=lambda data, _sent: b"/commit/main" in data), folder, repo_id)

    resent = again(person, address.lay(), folder, repo_id)

    assert resent < FILE_BYTES / 10
    assert_whole(person, folder, repo_id, tmp_path)


@pytest.mark.parametrize("moment", [b"/repos/create", b"/preupload/"])
def test_killed_before_anything_is_uploaded(
    person: Person, address: Address, folder: Path, tmp_path: Path, repo_id: str, moment: bytes
) -> None:
    killed(person, address.lay(lambda data, _sent: moment in data), folder, repo_id)

    again(person, address.lay(), folder, repo_id)

    assert_whole(person, folder, repo_id, tmp_path)
