"""A disk that is full: one line, 507, nothing half kept; and when there is room again, everything goes on."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from localhub.hub import Hub
from seedbed.cli import main
from tests.localhub.fsck import check
from tests.localhub.people import lines_of, new_hub
from tests.localhub.served import WRITER, client_of, files_below
from tests.localhub.test_lfs import actions, batch
from tests.localhub.xet.recorder import record_upload

DISK = "16m"  # an empty Hub takes less than one
BIG = os.urandom(3_000_000)
PAGE = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 16 MB, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", place], check=False, capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here, which takes root: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk: Path, leaving: int = 0) -> Path:
    """Take all room but `leaving` bytes. Returns: the file to remove when there is to be room again."""
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with filler.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, free - leaving)
    return filler


@pytest.fixture
def hub(disk: Path) -> Iterator[Hub]:
    hub = new_hub(disk / "hub")
    yield hub
    hub.close()


@pytest.fixture
def client(hub: Hub) -> TestClient:
    """One for which an error of the Hub is an error of the test."""
    with client_of(hub) as client:
        made = client.post("/api/repos/create", json={"name": "room"}, headers=WRITER)
        assert made.status_code == 200
    return client


def small_files(client: TestClient, _: Path) -> Response:
    lines = lines_of({f"{number}.bin": os.urandom(200_000) for number in range(10)})
    return client.post("/api/models/alice/room/commit/main", content=b"\n".join(lines), headers=WRITER)


def lfs(client: TestClient, _: Path) -> Response:
    return client.put(actions(batch(client, "alice/room", data=BIG))["upload"]["href"], content=BIG)


def lfs_of_few_bytes(client: TestClient, _: Path) -> Response:
    """So few that they are in memory until the file is closed."""
    data = os.urandom(5000)
    return client.put(actions(batch(client, "alice/room", data=data))["upload"]["href"], content=data)


def xet(client: TestClient, tmp_path: Path) -> Response:
    (path := tmp_path / "big.bin").write_bytes(BIG)
    ((name, body),) = record_upload([path], tmp_path / "home").xorbs.items()
    token = client.get("/api/models/alice/room/xet-write-token/main", headers=WRITER).json()
    headers = {"Authorization": f"Bearer {token['accessToken']}"}
    return client.post(f"{token['casUrl']}/v1/xorbs/default/{name}", content=body, headers=headers)


def new_repository(client: TestClient, _: Path) -> Response:
    return client.post("/api/repos/create", json={"name": "another", "type": "space", "sdk": "static"}, headers=WRITER)


def tags(client: TestClient, _: Path) -> Response:
    """What goes into the database alone, until there is no room for more of it."""
    for number in range(12):
        tag = {"tag": f"v{number}", "message": os.urandom(400_000).hex()}
        answer = client.post("/api/models/alice/room/tag/main", json=tag, headers=WRITER)
        if answer.status_code != 200:
            break
    return answer


@pytest.mark.parametrize(
    ("send", "leaving"),
    [
        (small_files, 1_000_000),
        (small_files, 0),
        (lfs, 1_000_000),
        (lfs_of_few_bytes, 0),
        (xet, 1_000_000),
        (new_repository, 0),
        (tags, 3_000_000),
    ],
)
def test_a_request_that_finds_no_room_is_refused_in_one_line_and_accepted_when_there_is_some(
    disk: Path,
    hub: Hub,
    client: TestClient,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    send: Callable[[TestClient, Path], Response],
    leaving: int,
) -> None:
    filler = fill(disk, leaving)

    with caplog.at_level(logging.ERROR):
        refused = send(client, tmp_path)
        reading = client.get("/api/models/alice/room")
    left = {path for path in files_below(disk / "hub") if path.startswith("tmp/")}
    filler.unlink()
    accepted = send(client, tmp_path) if send is not tags else new_repository(client, tmp_path)

    assert refused.status_code == 507
    assert refused.headers["X-Error-Message"] == "The disk of this Hub is full; nothing of this request was kept"
    assert [record.exc_info for record in caplog.records] == [None]
    assert reading.status_code == 200
    assert left == set()
    assert accepted.status_code == 200
    assert check(hub) == []


@pytest.mark.parametrize("leaving", [0, 8 * PAGE, 16 * PAGE, 32 * PAGE])
def test_a_start_on_a_full_disk_is_refused_in_one_line(disk: Path, capsys: pytest.CaptureFixture[str], leaving: int) -> None:
    filler = fill(disk, leaving)

    code = main(["hub", "--port", "0", "--dir", str(disk / "hub")])

    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(disk) in line
    assert "the disk is full" in line or "No space left" in line
    filler.unlink()
    hub = Hub(disk / "hub")
    assert check(hub) == []
    hub.close()
