"""LFS: what was announced is what is kept, and only those who may have it get it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from localhub.hub import Hub
from localhub.parts import Parts
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


LARGE = bytes(40_000_000)
LARGE_OID = hashlib.sha256(LARGE).hexdigest()


def in_parts(client: TestClient) -> tuple[dict[str, Any], list[str], int]:
    """The upload action of the large file, the addresses of its parts, and their size."""
    action = actions(batch(client, data=LARGE, transfers=["basic", "multipart"]))["upload"]
    size = int(action["header"].pop("chunk_size"))
    return action, [action["header"][number] for number in sorted(action["header"])], size


def put_parts(client: TestClient, addresses: list[str], size: int) -> dict[str, Any]:
    answers = [
        client.put(address, content=LARGE[number * size : (number + 1) * size]) for number, address in enumerate(addresses)
    ]
    return {
        "oid": LARGE_OID,
        "parts": [{"partNumber": number, "etag": answer.headers["etag"]} for number, answer in enumerate(answers, 1)],
    }


def test_a_large_file_in_parts_is_put_together_and_the_parts_are_gone(client: TestClient, hub: Hub) -> None:
    action, addresses, size = in_parts(client)
    done = put_parts(client, addresses, size)

    completed = client.post(action["href"], json=done)

    assert completed.status_code == 200
    assert len(addresses) == 2
    assert files_below(hub.root) == {f"blobs/{LARGE_OID[:2]}/{LARGE_OID}"}


def test_parts_are_completed_a_second_time_when_the_first_answer_was_lost(client: TestClient) -> None:
    action, addresses, size = in_parts(client)
    done = put_parts(client, addresses, size)
    client.post(action["href"], json=done)

    again = client.post(action["href"], json=done)

    assert again.status_code == 200


def test_a_part_can_be_sent_again(client: TestClient) -> None:
    action, addresses, size = in_parts(client)
    put_parts(client, addresses, size)
    done = put_parts(client, addresses, size)

    assert client.post(action["href"], json=done).status_code == 200


@pytest.mark.parametrize(
    "parts",
    [
        None,
        [],
        [1],
        [{"partNumber": 1}],
        [{"partNumber": 2}, {"partNumber": 1}],
        [{"partNumber": 1}, {"partNumber": 2}, {"partNumber": 3}],
    ],
)
def test_parts_that_are_not_all_named_are_not_put_together(client: TestClient, parts: object) -> None:
    action, addresses, size = in_parts(client)
    put_parts(client, addresses, size)

    assert client.post(action["href"], json={"parts": parts}).status_code == 400


def test_a_part_that_was_not_sent_is_missed(client: TestClient, hub: Hub) -> None:
    action, addresses, size = in_parts(client)
    done = put_parts(client, addresses[:1], size)
    done["parts"].append({"partNumber": 2, "etag": "x"})

    refused = client.post(action["href"], json=done)

    assert refused.status_code == 400
    assert "Part 2 was not uploaded" in refused.text
    assert not hub.blobs.has(LARGE_OID)


def test_a_part_of_another_size_is_refused(client: TestClient) -> None:
    _, addresses, size = in_parts(client)

    refused = [client.put(addresses[0], content=bytes(sent)).status_code for sent in (size - 1, size + 1)]

    assert refused == [400, 413]


def test_parts_of_another_file_are_not_kept(client: TestClient, hub: Hub) -> None:
    action, addresses, size = in_parts(client)
    done = put_parts(client, addresses, size)
    client.put(addresses[1], content=b"x" * (len(LARGE) - size))

    refused = client.post(action["href"], json=done)

    assert refused.status_code == 400
    assert not hub.blobs.has(LARGE_OID)


def test_a_client_that_knows_no_parts_sends_a_large_file_whole(client: TestClient) -> None:
    action = actions(batch(client, data=LARGE))["upload"]

    assert action["header"] == {}


def test_parts_that_nobody_comes_back_to_are_removed(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    with parts.incoming(upload := parts.new_upload(), 1) as part:
        part.write(b"x")

    assert [parts.sweep(60), parts.sweep(-60)] == [0, 1]
    assert not (tmp_path / "parts" / upload).exists()


@pytest.mark.parametrize(
    "change", [("size=7000", "size=9000"), ("expires=", "expires=9"), (OID, "0" * 64), ("signature=", "signature=0")]
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
    assert f"expires={int(time.time()) - 2}" < href.partition("?")[2]


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


def test_an_upload_of_many_gigabytes_has_a_thousand_parts_at_most(client: TestClient) -> None:
    asked = {"operation": "upload", "transfers": ["multipart"], "objects": [{"oid": OID, "size": 400_000_000_000}]}

    header = actions(client.post("/alice/private.git/info/lfs/objects/batch", json=asked, headers=WRITER))["upload"]["header"]

    assert len(header) - 1 == 1000
    assert int(header["chunk_size"]) * 1000 >= 400_000_000_000
