"""Whatever is wrong with a login, a network or a Hub: one line on stderr, exit code 2, and no token anywhere."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seedbed.core.errors import HubAccessError
from seedbed.publishing.hub import connection
from tests.localhub.process import OTHER, READER, WRITER, Account, HubProcess
from tests.publishing.hub import folders
from tests.publishing.hub.publishing import Person
from tests.publishing.hub.wire import Address

WRONG = Account("nobody", "hf_thisTokenIsOfNobody0123456789")


class _Page(BaseHTTPRequestHandler):
    """A web server that is no Hub: it answers everything with a page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Hello</html>")

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def web_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def refused(person: Person, folder: Path, repo_id: str, *options: str) -> str:
    """The one line that a refused publication prints."""
    done = person.publish(folder, repo_id, *options)
    assert done.returncode == 2, done.stderr
    token = person.account.token if person.account else "hf_"
    assert token not in done.stdout + done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.plain_model(tmp_path / "model")


def test_a_login_that_the_hub_does_not_know(person: Person, folder: Path) -> None:
    said = refused(Person(person.url, person.home, WRONG), folder, "alice/x")

    assert "the Hub does not accept this login" in said


def test_no_login(person: Person, folder: Path) -> None:
    said = refused(Person(person.url, person.home, None), folder, "alice/x")

    assert said == "seedbed: login: no login. Allowed: `hf auth login`, or HF_TOKEN."


def test_a_dry_run_needs_no_login(person: Person, folder: Path) -> None:
    assert "(new, or private and not visible without a login)" in Person(person.url, person.home, None).published(
        folder, "alice/no-login", "--dry-run"
    )


def test_a_login_that_may_only_read(person: Person, folder: Path) -> None:
    said = refused(Person(person.url, person.home, READER), folder, "alice/x")

    assert said == "seedbed: login alice: its token may only read. Allowed: a token with write access."


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_place_that_belongs_to_somebody_else(person: Person, folder: Path, options: tuple[str, ...]) -> None:
    said = refused(Person(person.url, person.home, OTHER), folder, "alice/x", *options)

    assert "alice/x: this login may not write there" in said


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_no_network(person: Person, folder: Path, options: tuple[str, ...]) -> None:
    said = refused(Person("http://127.0.0.1:9", person.home), folder, "alice/x", *options)

    assert "http://127.0.0.1:9 cannot be reached (ConnectError)" in said
    assert "start it with `seedbed hub`, or check HF_ENDPOINT" in said


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999", "http://[::1"])
def test_an_address_that_is_none(person: Person, folder: Path, address: str) -> None:
    assert "HF_ENDPOINT" in refused(Person(address, person.home), folder, "alice/x")


def test_an_address_that_is_none_for_a_release(person: Person, tmp_path: Path) -> None:
    """Two ways to be none: for the client while it is imported, and for whoever uses it."""
    (recipe := tmp_path / "release.yaml").write_text("name: x\ndataset: {folder: ., to: x}\n")

    for address in ("http://[::1", "http://127.0.0.1:99999", "nonsense"):
        done = Person(address, person.home).release(recipe)

        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "HF_ENDPOINT" in done.stderr


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_web_server_that_is_no_hub(web_server: str, person: Person, folder: Path, options: tuple[str, ...]) -> None:
    assert "does not answer like a Hub" in refused(Person(web_server, person.home), folder, "alice/x", *options)


def test_offline_mode(person: Person, folder: Path) -> None:
    said = refused(Person(person.url, person.home, extra={"HF_HUB_OFFLINE": "1"}), folder, "alice/x")

    assert "HF_HUB_OFFLINE is set" in said


def test_a_card_that_the_hub_refuses_stops_before_anything_is_made(person: Person, folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: [apache-2.0\n---\n")

    said = refused(person, folder, "alice/bad-card")

    assert "README.md: metadata: line 2" in said
    assert not person.api.repo_exists("alice/bad-card")


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--tag", "a b"), "--tag a b"), (("--tag", "v1", "--pr"), "--tag with --pr"), (("--type", "space"), "sdk: missing")],
)
def test_options_that_make_no_sense(person: Person, folder: Path, options: tuple[str, ...], said: str) -> None:
    assert said in refused(person, folder, "alice/x", *options)


def test_a_hub_that_goes_away_in_an_upload(person: Person, hub: HubProcess, folder: Path) -> None:
    address = Address(hub.port)
    someone = Person(address.url, person.home, extra={"HF_HUB_DISABLE_XET": "1"})
    wire = address.lay(lambda data, _sent: data.startswith(b"PUT "))
    with subprocess.Popen(
        [sys.executable, "-m", "seedbed.cli", "publish", str(folder), "--to", "alice/gone"],
        env=someone.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert wire.held.wait(60)
        address.close()
        said = process.communicate(timeout=120)[1]

    assert process.returncode == 2
    assert f"{address.url} cannot be reached" in said.strip().splitlines()[-1]
    assert "signature=" not in said
    assert WRITER.token not in said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("server error (507 Insufficient Storage)", "alice/x: the Hub's disk is full. Run the same command again when"),
        ("client error (403 Forbidden)", "alice/x: this login may not write there"),
        ("server error (500 Internal Server Error)", "alice/x: the Hub could not do it. Run the same command later (500)."),
    ],
)
def test_a_refusal_in_the_words_of_the_xet_client_is_told_as_every_other(status: str, said: str) -> None:
    words = f"Server error: Request error: HTTP status {status}, domain: http://127.0.0.1:1/-/xet/e38b/v1/xorbs/default/d70e"

    with pytest.raises(HubAccessError) as told, connection.one_line_errors("alice/x"):
        raise RuntimeError(words)

    assert str(told.value).startswith(said)
    assert "xorbs" not in str(told.value)


def test_a_token_in_somebody_elses_words_is_struck_out(person: Person) -> None:
    code = "from seedbed.publishing.hub.connection import without_tokens as w; print(w('a %s b hf_abcdefgh Bearer xyz http://h/lfs?signature=1 c' % __import__('os').environ['HF_TOKEN']))"

    assert person.python("-c", code).stdout.strip() == "a *** b *** *** http://h/lfs?*** c"
