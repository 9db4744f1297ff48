"""What the clients' own tests do not see: limits, pages, malformed requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from localhub.app import create_app
from localhub.hub import Hub
from localhub.repositories import Repository
from tests.localhub.people import commit, contents, lines_of, new_hub, new_repository

REPO = "/api/datasets/alice/words"
ALICE = {"Authorization": "Bearer hf_alice"}


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return new_hub(tmp_path)


@pytest.fixture
def words(hub: Hub) -> Repository:
    return new_repository(hub)


@pytest.fixture
def client(hub: Hub, words: Repository) -> Iterator[TestClient]:
    with TestClient(create_app(hub), base_url="http://127.0.0.1", headers=ALICE) as client:
        yield client


def all_pages(client: TestClient, path: str) -> list[list[Any]]:
    pages, url = [], path
    while url:
        answer = client.get(url)
        pages.append(answer.json())
        url = answer.links.get("next", {}).get("url", "")
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
@pytest.mark.parametrize("recursive", ["true", "false"])
def test_the_pages_of_a_tree_are_the_tree(hub: Hub, words: Repository, client: TestClient, limit: int, recursive: str) -> None:
    commit(hub, words, {"a/b/c": b"1", "a/b/d": b"2", "a/e": b"3", "a-b": b"4", "a.b/x": b"5", "z": b"6"})
    (whole,) = all_pages(client, f"{REPO}/tree/main?recursive={recursive}")

    pages = all_pages(client, f"{REPO}/tree/main?recursive={recursive}&limit={limit}")

    assert [item for page in pages for item in page] == whole
    assert all(len(page) <= limit for page in pages)
    paths = {item["path"] for item in whole}
    assert paths == {"a", "a-b", "a.b", "z", ".gitattributes"} | (
        {"a/b", "a/b/c", "a/b/d", "a/e", "a.b/x"} if recursive == "true" else set()
    )


def test_the_pages_of_commits_are_all_commits(hub: Hub, words: Repository, client: TestClient) -> None:
    made = [commit(hub, words, {"a": b"%d" % number}).oid for number in range(7)]

    pages = all_pages(client, f"{REPO}/commits/main?limit=3")

    assert [item["id"] for page in pages for item in page][:7] == made[::-1]
    assert [len(page) for page in pages] == [3, 3, 2]


def test_the_pages_of_repositories_are_all_of_them(hub: Hub, client: TestClient) -> None:
    names = {new_repository(hub, f"more-{number}").id for number in range(5)}

    pages = all_pages(client, "/api/datasets?limit=2&search=MORE")

    assert {item["id"] for page in pages for item in page} == names
    assert [len(page) for page in pages] == [2, 2, 1]


def test_a_commit_may_come_in_pieces_of_any_size(hub: Hub, words: Repository, client: TestClient) -> None:
    files = {f"{number}.txt": b"%d" % number * 1000 for number in range(20)}
    body = b"\n".join(lines_of(files)) + b"\n\n"
    pieces = (body[at : at + 777] for at in range(0, len(body), 777))

    answer = client.post(f"{REPO}/commit/main", content=pieces)

    assert answer.status_code == 200
    assert contents(hub, words) == files


def test_a_line_without_an_end_is_cut_off(hub: Hub, client: TestClient) -> None:
    answer = client.post(f"{REPO}/commit/main", content=(b"x" * 1_000_000 for _ in range(30)))

    assert answer.status_code == 413


@pytest.mark.parametrize("revision", ["v1", "refs%2Ftags%2Fv1", "OID"])
def test_a_commit_goes_to_a_branch(hub: Hub, words: Repository, client: TestClient, revision: str) -> None:
    head = hub.history.resolve(words.key, "main")
    with hub.database.write() as connection:
        hub.history.create_ref(connection, "refs/tags/v1", head)

    answer = client.post(f"{REPO}/commit/{revision.replace('OID', head.oid)}", content=b"\n".join(lines_of({"a": b"1"})))

    assert (answer.status_code, answer.json()["error"]) == (400, "A commit goes to a branch")


@pytest.mark.parametrize(
    "name", ["a..b", "a b", "-a", ".a", "a.lock", "refs/heads/x", "a~1", "@", "a//b", "a" * 41 + "\x7f", "0123456789"]
)
def test_a_branch_has_a_name_that_git_would_take(client: TestClient, name: str) -> None:
    from urllib.parse import quote

    assert client.post(f"{REPO}/branch/{quote(name, safe='')}", json={}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/repos/create", "{"), ("POST", "/api/repos/create", "[]"), ("POST", "/api/repos/create", '{"name": "x", "type": "bucket"}'),
        ("POST", "/api/repos/create", '{"name": "x", "type": "space"}'), ("PUT", f"{REPO}/settings", '{"visibility": "secret"}'),
        ("PUT", f"{REPO}/settings", '{"gated": 1}'), ("POST", f"{REPO}/preupload/main", '{"files": 1}'),
        ("POST", f"{REPO}/preupload/main", '{"files": [{"path": "../x", "size": 1}]}'), ("POST", f"{REPO}/preupload/main", '{"files": [{"path": "x"}]}'),
        ("POST", f"{REPO}/tag/main", "{}"), ("GET", f"{REPO}/tree/main?limit=x", ""),
        ("GET", "/api/datasets?sort=colour", ""), ("POST", "/api/collections", '{"title": ""}'), ("POST", f"{REPO}/paths-info/main", '{"paths": 1}'),
    ],
)  # fmt: skip
def test_a_malformed_request_is_a_bad_request(client: TestClient, method: str, path: str, body: str) -> None:
    answer = client.request(method, path, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.headers["X-Error-Message"]


def test_preupload_tells_large_from_small_and_knows_what_is_there(hub: Hub, words: Repository, client: TestClient) -> None:
    known = commit(hub, words, {"a.txt": b"1", ".gitignore": b"*.log\n"})
    files = [
        {"path": "a.txt", "size": 1, "sample": "MQ=="}, {"path": "b.parquet", "size": 5, "sample": ""}, {"path": "c", "size": 3, "sample": "AAEC"},
        {"path": "d.json", "size": 10_000_001, "sample": "e30="}, {"path": "e.log", "size": 1, "sample": "MQ=="}, {"path": "f.bin", "size": 0, "sample": ""},
    ]  # fmt: skip

    advice = client.post(f"{REPO}/preupload/main", json={"files": files}).json()["files"]

    assert [file["uploadMode"] for file in advice] == ["regular", "lfs", "lfs", "lfs", "regular", "regular"]
    assert [file["shouldIgnore"] for file in advice] == [False, False, False, False, True, False]
    assert advice[0]["oid"] == hub.trees.file(known.tree, "a.txt").oid


def test_a_card_with_broken_metadata_is_refused_and_harms_nothing(hub: Hub, words: Repository, client: TestClient) -> None:
    broken = "---\nlicense: [\n---\n"
    commit(hub, words, {"README.md": broken.encode()})

    refused = client.post("/api/validate-yaml", json={"content": broken, "repoType": "dataset"})

    assert refused.status_code == 400
    assert client.get(REPO).json()["cardData"] == {}


def test_an_unknown_endpoint_is_not_found(client: TestClient) -> None:
    answer = client.get("/api/jobs/alice")

    assert (answer.status_code, json.loads(answer.text)["error"]) == (404, "This Hub has no such endpoint")
