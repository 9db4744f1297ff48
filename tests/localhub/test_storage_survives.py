"""Uploads that end in the middle, by whoever's hand: nothing half is ever found, and the next try succeeds."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import HfApi

from tests.localhub.people import lines_of
from tests.localhub.process import WRITER, HubProcess, running_hub, wait_for
from tests.localhub.served import files_below
from tests.localhub.xet.recorder import record_upload

Uploader = Callable[[Path], subprocess.Popen[bytes]]

SECONDS = 30
KEPT = ("blobs/", "xorbs/", "tmp/", "parts/")
AUTHORIZED = {"Authorization": f"Bearer {WRITER.token}"}

_UPLOAD = """
import sys, hf_xet
url, token, path = sys.argv[1:]
with hf_xet.XetSession().new_upload_commit(token_refresh_url=url, token_refresh_headers={"Authorization": f"Bearer {token}"}) as commit:
    commit.start_upload_file(path, sha256=hf_xet.COMPUTE_SHA256)
"""


def stored(hub: HubProcess) -> set[str]:
    """Large files and what becomes one of them; not the small files that every repository begins with."""
    return {path for path in files_below(hub.root) if path.startswith(KEPT) and _size(hub.root / path) > 4096}


def _size(path: Path) -> int:
    """Bytes; 0 for a file that has gone meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def repository(hub: HubProcess) -> str:
    return HfApi(hub.url, WRITER.token).create_repo(f"{WRITER.user}/storage", exist_ok=True).repo_id


def send_half(url: str, method: str, body: bytes, headers: dict[str, str]) -> socket.socket:
    """Begin a request and stop in the middle of its body. Returns the connection, open."""
    address = httpx2.URL(url)
    lines = [
        f"{method} {address.raw_path.decode()} HTTP/1.1",
        f"Host: {address.host}:{address.port}",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    connection = socket.create_connection((str(address.host), int(address.port or 80)))
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body[: len(body) // 2])
    return connection


def lfs_link(hub: HubProcess, data: bytes) -> str | None:
    """Where LFS data is to be put; None when it is there."""
    asked = {"operation": "upload", "objects": [{"oid": hashlib.sha256(data).hexdigest(), "size": len(data)}]}
    answer = httpx2.post(f"{hub.url}/{repository(hub)}.git/info/lfs/objects/batch", json=asked, headers=AUTHORIZED)
    actions = answer.json()["objects"][0].get("actions")
    return actions["upload"]["href"] if actions else None


def storage(hub: HubProcess) -> tuple[str, dict[str, str]]:
    """The address of the Xet storage, and the headers to use it with."""
    token = httpx2.get(f"{hub.url}/api/models/{repository(hub)}/xet-write-token/main", headers=AUTHORIZED).json()
    return token["casUrl"], {"Authorization": f"Bearer {token['accessToken']}"}


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def arrived(hub: HubProcess) -> bool:
    """Whether some of an upload is on the disk."""
    return any(path.startswith(("tmp/", "parts/")) for path in stored(hub))


def test_a_server_killed_while_a_file_comes_in_has_nothing_of_it_and_takes_it_the_next_time(own_root: Path) -> None:
    data = noise(20_000_000)
    with running_hub(own_root) as hub:
        with send_half(lfs_link(hub, data) or "", "PUT", data, {}):
            wait_for(lambda: arrived(hub), SECONDS, "the first half")
            hub.kill()
        hub.start()

        left = stored(hub)
        answer = httpx2.put(lfs_link(hub, data) or "", content=data)

        assert left == set()
        assert answer.status_code == 200
        assert lfs_link(hub, data) is None


def test_a_server_killed_while_a_xorb_comes_in_has_nothing_of_it_and_takes_it_the_next_time(
    own_root: Path, tmp_path: Path
) -> None:
    (path := tmp_path / "data.bin").write_bytes(noise(3_000_000))
    name, body = next(iter(record_upload([path], tmp_path / "home").xorbs.items()))
    with running_hub(own_root) as hub:
        url, headers = storage(hub)
        with send_half(f"{url}/v1/xorbs/default/{name}", "POST", body, headers):
            wait_for(lambda: arrived(hub), SECONDS, "the first half")
            hub.kill()
        hub.start()

        left = stored(hub)
        url, headers = storage(hub)
        answer = httpx2.post(f"{url}/v1/xorbs/default/{name}", content=body, headers=headers)

        assert left == set()
        assert answer.json() == {"was_inserted": True}


@pytest.mark.parametrize("told", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)], ids=["once", "twice, in a hurry"])
def test_a_server_told_to_stop_while_files_come_in_ends_in_peace_and_has_nothing_of_them(
    own_root: Path, tmp_path: Path, told: tuple[signal.Signals, ...]
) -> None:
    """One by LFS, one by Xet, one in a commit."""
    (path := tmp_path / "data.bin").write_bytes(data := noise(3_000_000))
    name, body = next(iter(record_upload([path], tmp_path / "home").xorbs.items()))
    with running_hub(own_root) as hub, ExitStack() as connections:
        url, headers = storage(hub)
        commit = b"\n".join(lines_of({f"{number}.txt": noise(9000 + number) for number in range(600)}))
        for half in (
            send_half(lfs_link(hub, data) or "", "PUT", data, {}),
            send_half(f"{url}/v1/xorbs/default/{name}", "POST", body, headers),
            send_half(f"{hub.url}/api/models/{repository(hub)}/commit/main", "POST", commit, AUTHORIZED),
        ):
            connections.enter_context(half)
        wait_for(lambda: sum(path.startswith(("tmp/", "blobs/")) for path in stored(hub)) > 256, SECONDS, "the first halves")
        assert hub.process

        for one in told:
            hub.process.send_signal(one)
        code = hub.process.wait(SECONDS)

        assert code == 0
        assert "Traceback" not in hub.log
        assert "CancelledError" not in hub.log
        assert not arrived(hub)


def test_a_client_that_goes_away_leaves_nothing(hub: HubProcess) -> None:
    data = noise(20_000_001)
    before = stored(hub)

    send_half(lfs_link(hub, data) or "", "PUT", data, {}).close()

    wait_for(lambda: not arrived(hub), SECONDS, "the half that came to be removed")
    assert stored(hub) == before


@pytest.fixture
def upload(tmp_path: Path, hub: HubProcess) -> Uploader:
    """Upload a file with hf_xet, in a process that can be killed."""

    def start(path: Path) -> subprocess.Popen[bytes]:
        url = f"{hub.url}/api/models/{repository(hub)}/xet-write-token/main"
        return subprocess.Popen(
            [sys.executable, "-c", _UPLOAD, url, WRITER.token, str(path)], env=os.environ | {"HF_HOME": str(tmp_path / "home")}
        )

    return start


def test_a_client_killed_in_mid_upload_uploads_the_whole_file_the_next_time(
    hub: HubProcess, upload: Uploader, tmp_path: Path
) -> None:
    (path := tmp_path / "data.bin").write_bytes(data := noise(100_000_000))
    first = upload(path)
    wait_for(lambda: any(name.startswith("xorbs/") for name in stored(hub)), SECONDS, "the first xorb")
    first.kill()
    first.wait()

    assert upload(path).wait() == 0
    assert (hub.root / "blobs" / hashlib.sha256(data).hexdigest()[:2] / hashlib.sha256(data).hexdigest()).stat().st_size == len(
        data
    )


def test_of_a_file_with_a_changed_byte_only_what_changed_is_sent(hub: HubProcess, upload: Uploader, tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(data := noise(10_000_000))
    assert upload(path).wait() == 0
    before = sum((hub.root / name).stat().st_size for name in stored(hub) if name.startswith("xorbs/"))

    path.write_bytes(data[:5_000_000] + b"x" + data[5_000_001:])
    assert upload(path).wait() == 0

    after = sum((hub.root / name).stat().st_size for name in stored(hub) if name.startswith("xorbs/"))
    assert 0 < after - before < 1_000_000
