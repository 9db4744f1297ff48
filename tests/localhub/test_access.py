"""Who may do what: every kind of asker at every kind of door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from localhub.app import create_app
from localhub.hub import Hub
from tests.localhub.people import commit, contents, lines_of, new_hub, new_repository

ASKERS = {
    "nobody": {},
    "unknown token": {"Authorization": "Bearer hf_unknown"},
    "no bearer": {"Authorization": "Basic hf_alice"},
    "reader": {"Authorization": "Bearer hf_alice_reads"},
    "stranger": {"Authorization": "Bearer hf_bob"},
    "owner": {"Authorization": "Bearer hf_alice"},
}
READS = [
    ("GET", "/api/datasets/alice/{}"), ("GET", "/api/datasets/alice/{}/revision/main"), ("GET", "/api/datasets/alice/{}/tree/main"),
    ("POST", "/api/datasets/alice/{}/paths-info/main"), ("GET", "/api/datasets/alice/{}/refs"), ("GET", "/api/datasets/alice/{}/commits/main"),
    ("GET", "/api/datasets/alice/{}/auth-check"), ("GET", "/datasets/alice/{}/resolve/main/a.txt"),
    ("HEAD", "/datasets/alice/{}/resolve/main/a.txt"), ("GET", "/datasets/alice/{}/raw/main/a.txt"),
]  # fmt: skip
WRITES = [
    ("POST", "/api/datasets/alice/{}/commit/main"), ("POST", "/api/datasets/alice/{}/preupload/main"), ("POST", "/api/datasets/alice/{}/branch/b"),
    ("DELETE", "/api/datasets/alice/{}/branch/b"), ("POST", "/api/datasets/alice/{}/tag/main"), ("DELETE", "/api/datasets/alice/{}/tag/v"),
    ("PUT", "/api/datasets/alice/{}/settings"), ("GET", "/api/datasets/alice/{}/auth-check/write"),
]  # fmt: skip


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    hub = new_hub(tmp_path)
    for name in ("open", "shut"):
        commit(hub, new_repository(hub, name, private=name == "shut"), {"a.txt": b"1"})
    return hub


@pytest.fixture
def client(hub: Hub) -> Iterator[TestClient]:
    with TestClient(create_app(hub), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize(("method", "path"), READS)
@pytest.mark.parametrize(
    ("asker", "of_open", "of_shut"),
    [("nobody", 200, 404), ("unknown token", 401, 401), ("no bearer", 401, 401), ("reader", 200, 200), ("stranger", 200, 404), ("owner", 200, 200)],
)  # fmt: skip
def test_who_may_read(client: TestClient, method: str, path: str, asker: str, of_open: int, of_shut: int) -> None:
    answers = [client.request(method, path.format(name), headers=ASKERS[asker]) for name in ("open", "shut")]

    assert [answer.status_code for answer in answers] == [of_open, of_shut]
    assert [answer.headers.get("X-Error-Code") for answer in answers if answer.status_code == 404] == ["RepoNotFound"] * (
        of_shut == 404
    )


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    ("asker", "of_open", "of_shut"),
    [("nobody", 401, {401, 404}), ("unknown token", 401, {401}), ("no bearer", 401, {401}), ("reader", 403, {403}), ("stranger", 403, {404})],
)  # fmt: skip
def test_who_may_not_write(
    hub: Hub, client: TestClient, method: str, path: str, asker: str, of_open: int, of_shut: set[int]
) -> None:
    answers = [client.request(method, path.format(name), headers=ASKERS[asker]) for name in ("open", "shut")]

    assert answers[0].status_code == of_open
    assert answers[1].status_code in of_shut


@pytest.mark.parametrize("asker", ["nobody", "unknown token", "reader", "stranger"])
def test_what_is_refused_changes_nothing(hub: Hub, client: TestClient, asker: str) -> None:
    body = b"\n".join(lines_of({"a.txt": b"changed"}))

    answer = client.post("/api/datasets/alice/open/commit/main", content=body, headers=ASKERS[asker])

    assert answer.status_code in (401, 403)
    assert contents(hub, hub.repositories.find("dataset", "alice", "open")) == {"a.txt": b"1"}


def test_a_stranger_may_propose_and_go_on_with_it_and_nobody_else(hub: Hub, client: TestClient) -> None:
    body = b"\n".join(lines_of({"b.txt": b"proposed"}))

    proposed = client.post("/api/datasets/alice/open/commit/main?create_pr=1", content=body, headers=ASKERS["stranger"])
    more = [
        client.post("/api/datasets/alice/open/commit/refs%2Fpr%2F1", content=body, headers=ASKERS[asker]).status_code
        for asker in ("stranger", "owner", "reader", "nobody")
    ]

    assert proposed.json()["pullRequestUrl"] == "http://127.0.0.1/datasets/alice/open/discussions/1"
    assert more == [200, 200, 403, 401]


def test_lists_show_what_one_may_see(client: TestClient) -> None:
    seen = {
        asker: [item["id"] for item in client.get("/api/datasets?sort=createdAt&direction=1", headers=ASKERS[asker]).json()]
        for asker in ("nobody", "reader", "stranger", "owner")
    }

    assert seen == {
        "nobody": ["alice/open"],
        "reader": ["alice/open", "alice/shut"],
        "stranger": ["alice/open"],
        "owner": ["alice/open", "alice/shut"],
    }


def test_the_owner_of_a_name_alone_makes_repositories_under_it(client: TestClient) -> None:
    answers = [
        client.post("/api/repos/create", json={"name": "new", "organization": owner}, headers=ASKERS[asker]).status_code
        for asker, owner in (
            ("nobody", "alice"),
            ("reader", "alice"),
            ("stranger", "alice"),
            ("owner", "bob"),
            ("owner", "acme"),
            ("owner", None),
        )
    ]

    assert answers == [401, 403, 403, 403, 200, 200]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a--b", "-a", "a.", ".git", "x.git", "a\n", "ä", "a" * 97, None, 1, {}])
def test_a_name_is_a_name(client: TestClient, name: object) -> None:
    answer = client.post("/api/repos/create", json={"name": name}, headers=ASKERS["owner"])

    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", ""])
def test_other_names_of_this_machine_are_not_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/datasets/alice/open", headers={"Host": host}).status_code == 421


def test_a_token_is_kept_as_its_hash_alone(hub: Hub, tmp_path: Path) -> None:
    hub.close()

    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert b"hf_alice" not in kept
