"""Names and tokens that a Hub is started with: a start that is refused leaves nobody behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from localhub import api, downloads, lfs, pages, xet
from localhub.errors import HubError
from localhub.hub import Hub
from localhub.names import RESERVED
from seedbed.cli import main
from tests.localhub.people import new_hub

Row = tuple[str, str]


def accounts_of(root: Path) -> tuple[list[Row], int]:
    """Names with their kinds, and how many tokens there are."""
    hub = Hub(root)
    rows = [(row["name"], row["kind"]) for row in hub.database.read().execute("SELECT name, kind FROM accounts ORDER BY name")]
    tokens = hub.database.read().execute("SELECT count(*) FROM tokens").fetchone()[0]
    hub.close()
    return rows, tokens


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The line that a start prints that is refused."""
    assert main(["hub", "--port", "0", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--user", "api"), "--user api: The name is one of the Hub's own: _login, "),
        (("--user", "Datasets"), "--user Datasets: The name is one of the Hub's own"),
        (("--user", "carol", "--org", "_login"), "--org _login: The name is one of the Hub's own"),
        (("--user", "../x"), "--user ../x: A name has 1 to 96 of"),
        (("--user", "carol", "--org", "a--b"), "--org a--b: A name has"),
        (("--user", "carol", "--org", "Carol"), "--org carol: the user is called that"),
        (("--user", "carol", "--token", "a b"), "--token: not a token"),
        (("--user", "carol", "--token", "hf_carol", "--token", "read:ü"), "--token: not a token"),
    ],
)
def test_what_can_be_seen_in_the_words_alone_is_refused_before_there_is_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    line = refused(capsys, "--dir", str(tmp_path / "hub"), *words)

    assert said in line
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--user", "Acme"), "--user Acme: There is an organisation of that name already"),
        (("--user", "carol", "--org", "new", "--org", "Bob"), "--org Bob: There is a user of that name already"),
        (
            ("--user", "carol", "--org", "new", "--token", "hf_carol", "--token", "read:hf_alice"),
            "--token: it is alice's already",
        ),
    ],
)
def test_names_and_tokens_that_are_taken_are_refused_and_leave_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    new_hub(tmp_path).close()
    before = accounts_of(tmp_path)

    line = refused(capsys, "--dir", str(tmp_path), *words)

    assert said in line
    assert accounts_of(tmp_path) == before


@pytest.mark.parametrize("token", [b"\xff\xfe", b"\n", b"two words\n"])
def test_a_token_file_that_holds_none_leaves_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str], token: bytes) -> None:
    (tmp_path / "token").write_bytes(token)

    line = refused(capsys, "--dir", str(tmp_path))

    assert f"{tmp_path / 'token'}: not a token" in line
    assert accounts_of(tmp_path) == ([], 0)


def test_a_token_stays_with_its_user(tmp_path: Path) -> None:
    hub = new_hub(tmp_path)

    with pytest.raises(HubError, match="alice's already"):
        hub.accounts.add_token("bob", "hf_alice")

    owner = hub.accounts.by_token("hf_alice")
    hub.close()
    assert owner is not None
    assert owner.name == "alice"


@pytest.mark.parametrize(("name", "kind"), [("acme", "user"), ("bob", "org")])
def test_a_name_is_a_users_or_an_organisations(tmp_path: Path, name: str, kind: str) -> None:
    hub = new_hub(tmp_path)

    with pytest.raises(HubError, match="of that name already"):
        (hub.accounts.add_user if kind == "user" else hub.accounts.add_org)(name)
    hub.close()


def test_every_first_word_of_an_address_is_reserved() -> None:
    routes = [*downloads.routes, *lfs.routes, *xet.routes, *api.routes, *pages.routes]
    words = {getattr(route, "path", "").split("/")[1] for route in routes} | {"models", "datasets", "spaces"}

    assert {word for word in words if word and "{" not in word and not word.startswith("-")} == RESERVED
