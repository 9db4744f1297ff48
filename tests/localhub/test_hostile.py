"""Requests and files that were made to make the Hub fail: each is refused, and the Hub goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from localhub import cards
from localhub.app import create_app
from localhub.errors import HubError
from localhub.hub import Hub
from localhub.repositories import Repository
from localhub.requests import json_body
from tests.localhub.people import commit, lines_of, new_hub, new_repository
from tests.localhub.visitors import log_in

REPO = "/api/datasets/alice/words"
ALICE = {"Authorization": "Bearer hf_alice"}
LONE = "\ud800"
DIGITS = "9" * 23
CARDS = (
    "x: !!timestamp foo",
    "x: !!bool foo",
    "x: !!int ''",
    "x: !!int foo",
    "x: !!float foo",
    "x: !!timestamp 2001-99-99",
    "x: !!binary ü",
    "x: .nan",
    "? [a, b]\n: c",
    'tags: ["\\ud800"]',
    "license: !!binary 2A==",
    "x: &a [*a]",
)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return new_hub(tmp_path)


@pytest.fixture
def words(hub: Hub) -> Repository:
    return new_repository(hub)


@pytest.fixture
def client(hub: Hub, words: Repository) -> Iterator[TestClient]:
    with TestClient(
        create_app(hub), base_url="http://127.0.0.1", headers=ALICE, raise_server_exceptions=False, follow_redirects=False
    ) as client:
        yield client


@pytest.mark.parametrize("card", CARDS)
def test_a_card_that_cannot_be_read_breaks_no_list(hub: Hub, words: Repository, client: TestClient, card: str) -> None:
    commit(hub, words, {"README.md": f"---\n{card}\n---\n# Hi\n".encode()})

    answers = [client.get(path) for path in ("/", "/api/datasets?full=true", REPO, "/datasets/alice/words")]
    checked = client.post("/api/validate-yaml", json={"content": f"---\n{card}\n---\n", "repoType": "dataset"})

    assert [answer.status_code for answer in answers] == [200] * 4
    assert checked.status_code < 500


def test_what_a_card_cannot_be_made_of_is_a_problem_in_words() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        cards.parse("x: !!timestamp foo")


def test_a_cookie_gets_no_xet_token_that_writes(client: TestClient) -> None:
    del client.headers["Authorization"]
    assert log_in(client, "hf_alice").status_code == 303

    reading, writing = client.get(REPO), client.get(f"{REPO}/xet-write-token/main")

    assert (reading.status_code, writing.status_code) == (200, 401)


def header(**values: object) -> str:
    return json.dumps({"key": "header", "value": {"summary": "change", **values}})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{REPO}/tag/main", json.dumps({"tag": f"v{LONE}"})),
        (f"{REPO}/branch/new", json.dumps({"startingPoint": LONE})),
        (f"{REPO}/tag/main", b'{"tag": "v\xed\xa0\x80"}'),
        ("/api/collections", json.dumps({"title": LONE, "namespace": "alice"})),
        (f"{REPO}/commit/main", header(summary=LONE)),
        (f"{REPO}/commit/main", header(description=LONE)),
        (f"{REPO}/preupload/main", json.dumps({"files": [{"path": "a", "size": 1, "sample": "ü"}]})),
        (f"{REPO}/commit/main", lines_of({"/".join("a" * 500): b"x"})),
    ],
)
def test_text_that_cannot_be_kept_is_a_bad_request(client: TestClient, path: str, body: Any) -> None:
    answer = client.post(path, content=b"\n".join(body) if isinstance(body, list) else body)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{REPO}/discussions/{DIGITS}"),
        ("GET", f"{REPO}/discussions/{'9' * 5000}"),
        ("GET", f"/datasets/alice/words/discussions/{DIGITS}"),
        ("POST", f"{REPO}/commit/refs%2Fpr%2F{DIGITS}"),
        ("POST", f"{REPO}/commit/refs%2Fpr%2F{'9' * 5000}"),
    ],
)
def test_a_number_that_no_discussion_can_have_is_not_found(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, content=header() if "/commit/" in path else "{}")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=9{5000}-", 416), ("bytes=0-9{5000}", 206), ("bytes=-9{5000}", 206), ("bytes=0{5000}1-1", 206)],
)
def test_a_range_may_have_any_number_of_digits(hub: Hub, words: Repository, client: TestClient, asked: str, status: int) -> None:
    commit(hub, words, {"a.txt": b"abc"})
    asked = asked.replace("9{5000}", "9" * 5000).replace("0{5000}", "0" * 5000)

    assert client.get("/datasets/alice/words/resolve/main/a.txt", headers={"Range": asked}).status_code == status


@pytest.mark.parametrize("host", ["LOCALHOST:8951", "LocalHost"])
def test_a_host_is_the_same_in_any_case(client: TestClient, host: str) -> None:
    assert client.get("/api/datasets", headers={"Host": host}).status_code == 200


def test_a_client_that_goes_away_in_its_json_is_refused_without_a_failure() -> None:
    messages = iter([{"type": "http.request", "body": b'{"a', "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    with pytest.raises(HubError, match="cut off"):
        anyio.run(json_body, Request({"type": "http", "method": "POST", "headers": []}, receive))
