"""`seedbed hub` as a process: how it starts, stops, is refused, and comes back after a kill -9."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from localhub.hub import Hub
from tests.localhub.fsck import check
from tests.localhub.people import contents, lines_of

FILES = 60
CLIENTS = 3
STOP_SECONDS = 30


def command(root: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "seedbed.cli", "hub", "--dir", str(root), "--port", "0", "--user", "alice", *words]


@contextmanager
def running(root: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """The process, its address, and the lines that it printed before that."""
    with subprocess.Popen(command(root, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            lines: list[str] = []
            for line in process.stdout or ():
                if line.startswith("hub: "):
                    yield process, line.removeprefix("hub: ").strip(), lines
                    return
                lines.append(line.strip())
            raise AssertionError(process.stderr and process.stderr.read())
        finally:
            process.kill()


def refused(*command: str) -> str:
    """What a command that is refused says: one line."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=STOP_SECONDS, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    return done.stderr


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_when_it_is_told_to(tmp_path: Path, told: signal.Signals) -> None:
    with running(tmp_path, "--token", "hf_alice") as (process, url, _):
        httpx2.get(f"{url}/api/models").raise_for_status()

        process.send_signal(told)

        assert process.wait(STOP_SECONDS) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_the_token_is_kept_in_a_file_for_its_owner_and_never_printed(tmp_path: Path) -> None:
    with running(tmp_path) as (_, _, first):
        pass
    with running(tmp_path) as (_, url, second):
        token = (tmp_path / "token").read_text().strip()
        name = httpx2.get(f"{url}/api/whoami-v2", headers={"Authorization": f"Bearer {token}"}).json()["name"]

    assert first == second == [f"token: {tmp_path / 'token'}"]
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    assert name == "alice"


def test_a_token_that_reads_is_told_from_one_that_writes(tmp_path: Path) -> None:
    with running(tmp_path, "--token", "hf_writes", "--token", "read:hf_reads", "--org", "acme", "--org", "other") as (_, url, _):
        answers = [
            httpx2.post(
                f"{url}/api/repos/create",
                json={"name": token, "organization": "other"},
                headers={"Authorization": f"Bearer {token}"},
            )
            for token in ("hf_writes", "hf_reads", "read:hf_reads")
        ]

    assert [answer.status_code for answer in answers] == [200, 403, 401]


def test_another_user_has_a_token_of_their_own(tmp_path: Path) -> None:
    with running(tmp_path):
        pass
    with running(tmp_path, "--user", "bob") as (_, url, said):
        names = [
            httpx2.get(
                f"{url}/api/whoami-v2", headers={"Authorization": f"Bearer {(tmp_path / file).read_text().strip()}"}
            ).json()
            for file in ("token", "token-bob")
        ]

    assert said == [f"token: {tmp_path / 'token-bob'}"]
    assert [name["name"] for name in names] == ["alice", "bob"]


def test_a_token_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, "--token", "hf_alice"):
        pass

    assert "alice's already" in refused(*command(tmp_path, "--user", "bob", "--token", "hf_alice"))


@pytest.mark.parametrize("token", ["", "read:", "hf_ü"])
def test_a_token_that_no_header_holds_is_refused(tmp_path: Path, token: str) -> None:
    assert "not a token" in refused(*command(tmp_path, "--token", token))


def test_a_folder_whose_database_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite3").write_bytes(b"no database at all" * 100)

    assert "hub.sqlite3 cannot be used" in refused(*command(tmp_path))


def test_a_token_file_that_holds_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe")

    assert "not a token" in refused(*command(tmp_path))


def test_one_process_at_a_time_serves_a_folder(tmp_path: Path) -> None:
    with running(tmp_path, "--token", "hf_alice"):
        said = refused(*command(tmp_path))

    assert "another `seedbed hub` serves it" in said


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused(*command(tmp_path), "--port", str(taken.getsockname()[1]))

    assert "in use" in said


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    assert "0 for any" in refused(*command(tmp_path), f"--port={port}")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "cannot be written" in refused(*command(tmp_path / "file"))


def test_it_listens_on_the_loopback_address_alone(tmp_path: Path) -> None:
    with running(tmp_path, "--token", "hf_alice") as (process, url, _):
        port = int(url.rsplit(":", 1)[1])
        inodes = set(
            re.findall(r"socket:\[(\d+)\]", " ".join(str(path.readlink()) for path in Path(f"/proc/{process.pid}/fd").iterdir()))
        )
        rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]

        listening = {row[1] for row in rows if row[3] == "0A" and row[9] in inodes}

    assert listening == {f"0100007F:{port:04X}"}


def test_what_an_earlier_process_left_half_written_is_swept(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "half").write_bytes(b"x")

    with running(tmp_path, "--token", "hf_alice"):
        left = list((tmp_path / "tmp").iterdir())

    assert left == []


def commit_again_and_again(url: str, client: int, first: int, said: list[int]) -> None:
    """Commits of FILES files that all hold the number of the commit, until the server is gone; those that were answered are said."""
    with (
        httpx2.Client(base_url=url, headers={"Authorization": "Bearer hf_alice"}, timeout=STOP_SECONDS) as http,
        suppress(httpx2.TransportError),
    ):
        for number in range(first, first + 1000):
            files = {f"{client}/{name}.txt": b"%d %d" % (number, name) for name in range(FILES)}
            http.post("/api/models/alice/killed/commit/main", content=b"\n".join(lines_of(files))).raise_for_status()
            said.append(number)


@pytest.mark.parametrize("moment", [0, 1, 3, 5, 7])
def test_killed_in_the_middle_of_commits_it_comes_back_whole(tmp_path: Path, moment: int) -> None:
    """Three clients commit without a pause, and the kill comes when some number of commits has been answered, or some of it written."""
    said: list[list[int]] = [[] for _ in range(CLIENTS)]
    with running(tmp_path, "--token", "hf_alice") as (process, url, _):
        httpx2.post(
            f"{url}/api/repos/create", json={"name": "killed"}, headers={"Authorization": "Bearer hf_alice"}
        ).raise_for_status()
        threads = [
            threading.Thread(target=commit_again_and_again, args=(url, client, 1, said[client])) for client in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + STOP_SECONDS
        while sum(map(len, said)) < moment // 2 or len(list((tmp_path / "tmp").iterdir())) < moment * 3:
            assert time.monotonic() < deadline
            threading.Event().wait(0.001)
        process.kill()
        for thread in threads:
            thread.join()

    with running(tmp_path, "--token", "hf_alice") as (_, url, _):
        served = httpx2.get(f"{url}/api/models/alice/killed").json()
    hub = Hub(tmp_path)
    files = contents(hub, hub.repositories.find("model", "alice", "killed"))

    assert check(hub) == []
    assert {item["rfilename"] for item in served["siblings"]} == files.keys() | {".gitattributes"}
    for client in range(CLIENTS):
        held = {data.split()[0] for path, data in files.items() if path.startswith(f"{client}/")}
        assert len(held) <= 1
        assert sum(path.startswith(f"{client}/") for path in files) in (0, FILES)
        newest = int(held.pop()) if held else 0
        assert newest - len(said[client]) in (0, 1)  # what was answered is there, and at most the commit that was under way
    hub.close()
