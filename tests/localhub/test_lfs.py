"""LFS: what was announced is what is kept, and only those who may have it get it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from localhub.hub import Hub
from tests.localhub.served import READER, STRANGER, WRITER, client_of, files_below, hub_with_people

DATA = b"seedbed" * 1000
OID = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = hub_with_people(tmp_path / "hub")
    yield hub
    hub.close()


@pytest.fixture
def client(hub: Hub) -> TestClient:
    return client_of(hub)


def batch(
    client: TestClient,
    repo: str = "alice/private",
    operation: str = "upload",
    data: bytes = DATA,
    headers: dict[str, str] = WRITER,
    **more: object,
) -> Response:
    asked = {"operation": operation, "objects": [{"oid": hashlib.sha256(data).hexdigest(), "size": len(data)}], **more}
    return client.post(f"/{repo}.git/info/lfs/objects/batch", json=asked, headers=headers)


def actions(response: Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["objects"][0].get("actions", {})
    return found


def upload(client: TestClient, data: bytes = DATA, repo: str = "alice/private", headers: dict[str, str] = WRITER) -> None:
    href = actions(batch(client, repo, data=data, headers=headers))["upload"]["href"]
    assert client.put(href, content=data).status_code == 200


def test_a_file_that_was_put_is_verified_and_can_be_got(client: TestClient) -> None:
    todo = actions(batch(client))

    put = client.put(todo["upload"]["href"], content=DATA)
    verified = client.post(todo["verify"]["href"], json={"oid": OID, "size": len(DATA)})
    got = client.get(actions(batch(client, operation="download", headers=READER))["download"]["href"])

    assert (put.status_code, verified.status_code) == (200, 200)
    assert got.content == DATA


def test_a_range_of_a_file_is_got(client: TestClient) -> None:
    upload(client)

    href = actions(batch(client, operation="download"))["download"]["href"]
    got = client.get(href, headers={"Range": "bytes=7-13"})

    assert (got.status_code, got.content) == (206, b"seedbed")


def test_a_file_that_is_there_has_nothing_to_be_done_to_it(client: TestClient) -> None:
    upload(client)

    assert actions(batch(client)) == {}


def test_a_file_is_not_verified_before_it_is_there(client: TestClient) -> None:
    href = actions(batch(client))["verify"]["href"]

    assert client.post(href, json={}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [(DATA[:-1] + b"x", 400), (DATA[:-1], 400), (b"", 400), (DATA + b"x", 413)],
    ids=["other", "short", "none", "long"],
)
def test_other_bytes_than_announced_are_refused_and_not_kept(client: TestClient, hub: Hub, sent: bytes, status: int) -> None:
    href = actions(batch(client))["upload"]["href"]

    refused = client.put(href, content=sent)

    assert refused.status_code == status
    assert files_below(hub.root) == set()


@pytest.mark.parametrize(
    "change",
    [(OID, "0" * 64), ("signature=", "signature=0"), ("signature=", "other="), (OID[:8], OID[8:16]), ("/-/lfs/", "/-/lfs/0")],
)
def test_a_link_that_was_changed_is_refused(client: TestClient, change: tuple[str, str]) -> None:
    href = actions(batch(client))["upload"]["href"]
    assert change[0] in href

    assert client.put(href.replace(*change), content=DATA).status_code == 403


def test_a_link_for_getting_does_not_let_put(client: TestClient) -> None:
    upload(client)
    href = actions(batch(client, operation="download"))["download"]["href"]

    assert client.put(href, content=DATA).status_code == 403


def test_without_a_signature_nothing_is_got_or_put(client: TestClient) -> None:
    upload(client)

    statuses = [client.get(f"/-/lfs/{OID}").status_code, client.put(f"/-/lfs/{OID}", content=DATA, headers=WRITER).status_code]

    assert statuses == [403, 403]


def test_a_link_expires(client: TestClient, hub: Hub) -> None:
    upload(client)
    href = hub.signer.link("http://127.0.0.1", "GET", f"/-/lfs/{OID}", -1)

    assert client.get(href).status_code == 403


@pytest.mark.parametrize(
    ("repo", "operation", "headers", "status"),
    [
        ("alice/private", "upload", {}, 404),
        ("alice/private", "upload", STRANGER, 404),
        ("alice/private", "upload", READER, 403),
        ("alice/private", "upload", {"Authorization": "Bearer hf_nobody"}, 401),
        ("alice/public", "upload", {}, 401),
        ("alice/public", "upload", STRANGER, 403),
        ("alice/private", "download", {}, 404),
        ("alice/nothing", "download", WRITER, 404),
        ("datasets/alice/private", "download", WRITER, 404),
    ],
)
def test_who_may_not_is_told_no_more_than_anywhere_else(
    client: TestClient, repo: str, operation: str, headers: dict[str, str], status: int
) -> None:
    assert batch(client, repo, operation, headers=headers).status_code == status


def test_the_hash_of_somebody_elses_private_file_is_not_enough_to_get_it(client: TestClient) -> None:
    upload(client)

    asked = batch(client, "bob/own", "download", headers=STRANGER).json()["objects"][0]

    assert asked["error"]["code"] == 404


def test_somebody_elses_private_file_has_to_be_sent_again(client: TestClient) -> None:
    upload(client)

    assert "upload" in actions(batch(client, "bob/own", headers=STRANGER))


def test_a_file_that_everybody_may_read_need_not_be_sent_again(client: TestClient) -> None:
    upload(client, repo="alice/public")

    assert actions(batch(client, "bob/own", headers=STRANGER)) == {}


OBJECT = {"oid": OID, "size": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        {"operation": "other", "objects": [OBJECT]},
        {"operation": ["upload"], "objects": [OBJECT]},
        {"operation": "upload"},
        {"operation": "upload", "objects": {}},
        {"operation": "upload", "objects": [None]},
        {"operation": "upload", "objects": [OBJECT] * 1001},
        {"operation": "upload", "objects": [{**OBJECT, "oid": "../../etc/passwd"}]},
        {"operation": "upload", "objects": [{**OBJECT, "oid": OID.upper()}]},
        {"operation": "upload", "objects": [{**OBJECT, "oid": 1}]},
        {"operation": "upload", "objects": [{**OBJECT, "size": -1}]},
        {"operation": "upload", "objects": [{**OBJECT, "size": 1.5}]},
        {"operation": "upload", "objects": [{**OBJECT, "size": 10**30}]},
        {"operation": "upload", "objects": [{"oid": OID}]},
    ],
)
def test_a_malformed_batch_is_refused(client: TestClient, body: object) -> None:
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}

    assert client.post("/alice/private.git/info/lfs/objects/batch", headers=WRITER, **sent).status_code == 400
