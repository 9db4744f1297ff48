"""The index source against a real server on this machine: cached, verified, resumed, and offline the second time."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from seedbed.core.errors import HashError, SourceError, UnreachableError
from seedbed.data.sources import make_source, package_index
from seedbed.data.sources.download import cached
from seedbed.data.sources.plan import make_plan
from tests.data.sources.test_archives import make_tar
from tests.data.sources.test_sources import CAPS, ignore
from tests.test_dataset import make_recipe


class Index(ThreadingHTTPServer):
    """A package index of one sdist. `cut` bytes of each answer are sent before the connection drops, when set."""

    def __init__(self, sdist: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sdist, self.cut, self.requests = sdist, 0, []


class Handler(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers.get("Range")))
        if self.path == "/simple/pkg/":
            self.answer(200, f'<a href="/files/{self.server.sdist.name}">{self.server.sdist.name}</a>'.encode(), "text/html")
        elif self.path.startswith("/files/"):
            self.send_file(self.server.sdist.read_bytes())
        else:
            self.answer(404, b"", "text/plain")

    def send_file(self, data: bytes) -> None:
        start = int(re.sub(r"\D", "", self.headers.get("Range") or "0"))
        if start >= len(data):
            self.answer(416, b"", "text/plain")
            return
        self.answer(206 if start else 200, data[start:], "application/octet-stream")

    def answer(self, code: int, body: bytes, kind: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = self.server.cut if kind == "application/octet-stream" else 0
        self.wfile.write(body[:cut] if cut else body)
        if cut:
            self.server.cut = 0
            self.close_connection = True

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    sdist = make_tar(
        tmp_path / "pkg-1.0.tar.gz", {f"pkg-1.0/m{n}.py": hashlib.sha256(b"%d" % n).digest() * 40 for n in range(300)}
    )
    running = Index(sdist)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    for cache in (package_index.pip_settings, package_index.client, package_index.finder):
        cache.cache_clear()
    for key in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{running.server_port}/simple/")
    yield running
    running.shutdown()
    running.server_close()
    for cache in (package_index.pip_settings, package_index.client, package_index.finder):
        cache.cache_clear()


def source(server: Index, sha256: str | None = None):
    digest = sha256 or hashlib.sha256(server.sdist.read_bytes()).hexdigest()
    return make_source({"pypi": "pkg==1.0", "sha256": digest}, "r.yaml: sources[0]")


def test_the_index_that_pip_is_configured_for_is_asked(server: Index, tmp_path: Path) -> None:
    fetched = source(server).fetch(tmp_path / "cache", tmp_path, ignore)

    assert fetched.path.read_bytes() == server.sdist.read_bytes()
    assert ("/simple/pkg/", None) in server.requests


def test_a_second_fetch_asks_nobody(server: Index, tmp_path: Path) -> None:
    source(server).fetch(tmp_path / "cache", tmp_path, ignore)
    server.requests.clear()

    source(server).fetch(tmp_path / "cache", tmp_path, ignore)

    assert server.requests == []


@pytest.mark.parametrize("claimed", ["pkg==99.0", "other==1.0"])
def test_a_cached_sdist_of_another_release_is_refused(server: Index, tmp_path: Path, claimed: str) -> None:
    digest = hashlib.sha256(server.sdist.read_bytes()).hexdigest()
    source(server).fetch(tmp_path / "cache", tmp_path, ignore)
    wrong = make_source({"pypi": claimed, "sha256": digest}, "r.yaml: sources[0]")

    with pytest.raises(HashError, match=f"pypi: {claimed}: the pinned sha256 is that of pkg==1.0"):
        wrong.fetch(tmp_path / "cache", tmp_path, ignore)


def test_a_cache_that_does_not_know_releases_tells_them_by_the_name_of_the_file(server: Index, tmp_path: Path) -> None:
    digest = hashlib.sha256(server.sdist.read_bytes()).hexdigest()
    source(server).fetch(tmp_path / "cache", tmp_path, ignore)
    facts = tmp_path / "cache" / "sha256" / digest / "facts.json"
    facts.write_text('{"filename": "pkg-1.0.tar.gz", "release_date": null}')
    server.requests.clear()

    assert source(server).fetch(tmp_path / "cache", tmp_path, ignore).version == "1.0"
    with pytest.raises(HashError, match=r"pkg==1\.0"):
        make_source({"pypi": "pkg==2.0", "sha256": digest}, "r").fetch(tmp_path / "cache", tmp_path, ignore)
    assert server.requests == []


def test_a_version_may_be_written_another_way(server: Index, tmp_path: Path) -> None:
    digest = hashlib.sha256(server.sdist.read_bytes()).hexdigest()
    source(server).fetch(tmp_path / "cache", tmp_path, ignore)

    fetched = make_source({"pypi": "PKG==1.0.0", "sha256": digest}, "r").fetch(tmp_path / "cache", tmp_path, ignore)

    assert fetched.archive_sha256 == digest


def test_a_download_that_was_cut_off_goes_on_where_it_stopped(server: Index, tmp_path: Path) -> None:
    server.cut = 10_000

    fetched = source(server).fetch(tmp_path / "cache", tmp_path, ignore)

    assert fetched.path.read_bytes() == server.sdist.read_bytes()
    ranges = [int(asked[6:-1]) for path, asked in server.requests if asked]
    assert ranges
    assert 0 < ranges[0] <= 10_000


def test_left_overs_of_another_file_do_not_spoil_the_download(server: Index, tmp_path: Path) -> None:
    digest = hashlib.sha256(server.sdist.read_bytes()).hexdigest()
    folder = tmp_path / "cache" / "sha256" / digest
    folder.mkdir(parents=True)
    (folder / "download.part").write_bytes(b"x" * 10_000_000)

    assert source(server).fetch(tmp_path / "cache", tmp_path, ignore).path.read_bytes() == server.sdist.read_bytes()


def test_wrong_bytes_are_refused_and_not_kept(server: Index, tmp_path: Path) -> None:
    with pytest.raises(HashError, match="the recipe pins 0000"):
        source(server, "0" * 64).fetch(tmp_path / "cache", tmp_path, ignore)

    assert cached(tmp_path / "cache", "0" * 64) is None
    assert not list((tmp_path / "cache").rglob("*.tar.gz"))


def test_a_damaged_cache_is_fetched_again(server: Index, tmp_path: Path) -> None:
    path = source(server).fetch(tmp_path / "cache", tmp_path, ignore).path
    path.write_bytes(b"damaged")

    assert source(server).fetch(tmp_path / "cache", tmp_path, ignore).path.read_bytes() == server.sdist.read_bytes()


def test_a_release_that_is_not_there_is_one_line(server: Index, tmp_path: Path) -> None:
    missing = make_source({"pypi": "pkg==9.9", "sha256": "0" * 64}, "r.yaml: sources[0]")

    with pytest.raises(SourceError, match="pypi: pkg==9.9: no source distribution"):
        missing.fetch(tmp_path / "cache", tmp_path, ignore)


def test_no_network_is_one_line_without_the_address(server: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package_index.pip_settings.cache_clear()
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:hunter2@127.0.0.1:9/simple/")

    with pytest.raises(SourceError) as failure:
        source(server).fetch(tmp_path / "cache", tmp_path, ignore)

    assert "pypi: pkg==1.0" in str(failure.value)
    assert "hunter2" not in str(failure.value)


@pytest.mark.network
def test_a_real_sdist_comes_with_its_release_date(tmp_path: Path) -> None:
    six = {"pypi": "six==1.16.0", "sha256": "1e61c37477a1626458e36f7b1d82aa5c9b094fa4802892072e49de9c60c4c926"}

    fetched = make_source(six, "r.yaml: sources[0]").fetch(tmp_path / "cache", tmp_path, ignore)

    assert fetched.path.name == "six-1.16.0.tar.gz"
    assert fetched.release_date == "2021-05-05"


def test_what_an_earlier_run_left_wrong_is_fetched_again_from_the_start(server: Index, tmp_path: Path) -> None:
    entry = {"pypi": "pkg==1.0", "sha256": hashlib.sha256(server.sdist.read_bytes()).hexdigest()}
    part = tmp_path / "cache" / "sha256" / entry["sha256"] / "download.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"something else")

    fetched = make_source(entry, "r").fetch(tmp_path / "cache", tmp_path, ignore)

    assert fetched.path.read_bytes() == server.sdist.read_bytes()


@pytest.mark.parametrize(
    "facts",
    [
        "",
        "[]",
        '{"filename": 5}',
        '{"filename": "../pkg-1.0.tar.gz"}',
        '{"filename": "pkg-1.0.tar.gz", "release": ["pkg"]}',
        '{"filename": "pkg-1.0.tar.gz", "release_date": 20240506}',
        '{"filename": "pkg-1.0.tar.gz", "release_date": "yesterday"}',
        '{"filename": "%s"}' % ("x" * 300),
        '{"filename": "a\\u0000b"}',
    ],
)
def test_a_cache_that_was_tampered_with_is_filled_again(facts: str, server: Index, tmp_path: Path) -> None:
    entry = {"pypi": "pkg==1.0", "sha256": hashlib.sha256(server.sdist.read_bytes()).hexdigest()}
    source = make_source(entry, "r")
    source.fetch(tmp_path / "cache", tmp_path, ignore)
    (tmp_path / "cache" / "sha256" / entry["sha256"] / "facts.json").write_text(facts)

    fetched = source.fetch(tmp_path / "cache", tmp_path, ignore)

    assert (fetched.path.name, fetched.release_date) == ("pkg-1.0.tar.gz", None)
    assert [path for path, _ in server.requests].count("/files/pkg-1.0.tar.gz") == 2


def test_a_cached_archive_with_other_bytes_is_fetched_again(server: Index, tmp_path: Path) -> None:
    entry = {"pypi": "pkg==1.0", "sha256": hashlib.sha256(server.sdist.read_bytes()).hexdigest()}
    source = make_source(entry, "r")
    source.fetch(tmp_path / "cache", tmp_path, ignore).path.write_bytes(b"poison")

    fetched = source.fetch(tmp_path / "cache", tmp_path, ignore)

    assert fetched.path.read_bytes() == server.sdist.read_bytes()


def test_a_server_that_refuses_every_range_is_no_endless_loop(server: Index, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(server.sdist.read_bytes()).hexdigest()
    server.sdist.write_bytes(b"")

    with pytest.raises(SourceError, match="the package index answers 416"):
        make_source({"pypi": "pkg==1.0", "sha256": sha256}, "r").fetch(tmp_path / "cache", tmp_path, ignore)


def test_an_index_that_does_not_answer_is_not_asked_for_everything(
    tmp_path: Path, server: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}/simple/")
        entries = [{"pypi": f"pkg{n}==1.0", "sha256": f"{n:064}"} for n in range(20)]

        with pytest.raises(UnreachableError, match=r"does not answer: .* \([123] more sources failed, 1[678] not tried\)$"):
            make_plan(entries, tmp_path / "r.yaml", tmp_path / "cache", CAPS, strict=False, progress=ignore)


def test_ctrl_c_waits_for_no_download(tmp_path: Path) -> None:
    recipe = make_recipe(tmp_path, [])
    data = yaml.safe_load(recipe.read_text()) | {"sources": [{"pypi": "pkg==1.0", "sha256": "0" * 64}]}
    recipe.write_text(yaml.safe_dump(data))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/simple/"
        own = {"PIP_INDEX_URL": address, "PIP_CONFIG_FILE": os.devnull, "SEEDBED_CACHE": str(tmp_path / "cache")}
        running = subprocess.Popen(
            [sys.executable, "-m", "seedbed.cli", "dataset", str(recipe)],
            cwd=tmp_path, env=os.environ | own, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        connection, _ = silent.accept()

        running.send_signal(signal.SIGINT)
        try:
            _, said = running.communicate(timeout=30)
        finally:
            running.kill()
            connection.close()

    assert running.returncode == 130
    assert said.endswith("seedbed: interrupted; run the same command to go on where it stopped.\n")
