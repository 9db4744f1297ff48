"""Uploads to the Xet storage over HTTP, with bodies that hf_xet sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from localhub.hub import Hub
from tests.localhub.served import READER, STRANGER, WRITER, client_of, files_below, hub_with_people
from tests.localhub.xet.recorder import Upload

Uploaded = tuple[dict[str, bytes], Upload]


class Storage:
    """A client of the storage of one repository."""

    def __init__(self, client: TestClient, repo: str = "alice/private", headers: dict[str, str] = WRITER) -> None:
        self.client = client
        answer = client.get(f"/api/models/{repo}/xet-write-token/main", headers=headers)
        assert answer.status_code == 200, answer.text
        self.url = answer.json()["casUrl"]
        self.headers = {"Authorization": f"Bearer {answer.json()['accessToken']}"}

    def post(self, path: str, body: bytes) -> Response:
        return self.client.post(self.url + path, content=body, headers=self.headers)

    def send(self, upload: Upload) -> list[Any]:
        """Everything, as hf_xet does: xorbs, then shards. Returns the answers."""
        answers = [self.post(f"/v1/xorbs/default/{name}", body) for name, body in upload.xorbs.items()]
        answers += [self.post("/v1/shards", body) for body in upload.shards]
        assert all(answer.status_code == 200 for answer in answers), [answer.text for answer in answers]
        return [answer.json() for answer in answers]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = hub_with_people(tmp_path / "hub")
    yield hub
    hub.close()


@pytest.fixture
def client(hub: Hub) -> TestClient:
    return client_of(hub)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def blobs_of(hub: Hub) -> set[str]:
    return {path for path in files_below(hub.root) if path.startswith("blobs/")}


def test_files_that_are_sent_are_blobs(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    files, upload = uploaded

    Storage(client).send(upload)

    assert {hub.blobs.path(sha256(data)).read_bytes() for data in files.values()} == set(files.values())
    assert list((hub.root / "tmp").iterdir()) == []


def test_everything_sent_a_second_time_changes_nothing(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    _, upload = uploaded
    Storage(client).send(upload)
    before = files_below(hub.root)

    Storage(client).send(upload)

    assert files_below(hub.root) == before


def test_a_repository_has_the_files_that_were_sent_to_it_and_no_others(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    files, upload = uploaded
    Storage(client).send(upload)
    keys = [hub.repositories.find("model", owner, name).key for owner, name in (("alice", "private"), ("bob", "own"))]

    held = [[hub.blob_access.has(key, sha256(data)) for data in files.values()] for key in keys]

    assert held == [[True] * len(files), [False] * len(files)]


def test_a_xorb_that_was_damaged_makes_no_file_and_heals_when_it_is_sent_again(
    client: TestClient, hub: Hub, uploaded: Uploaded
) -> None:
    files, upload = uploaded
    storage = Storage(client)
    storage.send(Upload({name: body[:-1] for name, body in upload.xorbs.items()}, []))

    refused = [storage.post("/v1/shards", body).status_code for body in upload.shards]
    kept = blobs_of(hub)
    storage.send(upload)

    assert refused == [400] * len(upload.shards)
    assert kept == set()
    assert all(hub.blobs.has(sha256(data)) for data in files.values())


def test_a_shard_of_xorbs_that_are_not_there_is_refused(client: TestClient, uploaded: Uploaded) -> None:
    refused = Storage(client).post("/v1/shards", uploaded[1].shards[0])

    assert refused.status_code == 400
    assert "was not uploaded" in refused.text


def test_a_xorb_of_another_repository_is_not_there(client: TestClient, uploaded: Uploaded) -> None:
    Storage(client).send(uploaded[1])

    refused = Storage(client, "alice/public").post("/v1/shards", uploaded[1].shards[0])

    assert refused.status_code == 400
    assert "was not uploaded" in refused.text


def test_a_file_with_another_sha256_is_refused_and_not_kept(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    files, upload = uploaded
    words = bytes.fromhex(sha256(files["small.bin"]))
    stored = b"".join(words[start : start + 8][::-1] for start in range(0, 32, 8))
    Storage(client).send(Upload(upload.xorbs, []))
    shard = next(shard for shard in upload.shards if stored in shard)

    refused = Storage(client).post("/v1/shards", shard.replace(stored, bytes(32), 1))

    assert refused.status_code == 400
    assert not hub.blobs.has(sha256(files["small.bin"]))


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, uploaded: Uploaded) -> Iterator[tuple[Hub, Storage]]:
    hub = hub_with_people(tmp_path_factory.mktemp("filled") / "hub")
    storage = Storage(client_of(hub))
    storage.send(uploaded[1])
    yield hub, storage
    hub.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0), value=st.integers(0, 255))
def test_a_shard_with_any_byte_changed_adds_no_other_file(
    filled: tuple[Hub, Storage], uploaded: Uploaded, at: int, value: int
) -> None:
    hub, storage = filled
    before = blobs_of(hub)
    body = bytearray(uploaded[1].shards[0])
    body[at % len(body)] = value

    answer = storage.post("/v1/shards", bytes(body))

    assert answer.status_code in (200, 400)
    assert blobs_of(hub) == before


@pytest.mark.parametrize("name", ["nothing", "..", "G" * 64, "0" * 63, "..%2f..%2fhub.sqlite3"])
def test_only_a_hash_is_the_name_of_a_xorb(client: TestClient, hub: Hub, name: str) -> None:
    answer = Storage(client).post(f"/v1/xorbs/default/{name}", b"x")

    assert answer.status_code in (400, 404)
    assert files_below(hub.root) == set()


@pytest.mark.parametrize("path", [f"/v1/chunks/default/{'0' * 64}", f"/v1/reconstructions/{'0' * 64}", f"/xorbs/{'0' * 64}"])
def test_nothing_is_read_from_the_storage(client: TestClient, path: str) -> None:
    storage = Storage(client)

    assert client.get(storage.url + path, headers=storage.headers).status_code == 404


@pytest.mark.parametrize(
    ("repo", "scope", "headers", "status"),
    [
        ("alice/private", "write", {}, 404),
        ("alice/private", "write", STRANGER, 404),
        ("alice/private", "write", READER, 403),
        ("alice/public", "write", {}, 401),
        ("alice/public", "write", STRANGER, 403),
        ("alice/public", "read", WRITER, 404),
        ("alice/public", "admin", WRITER, 404),
        ("alice/nothing", "write", WRITER, 404),
    ],
)
def test_a_token_is_given_to_who_may_write(
    client: TestClient, repo: str, scope: str, headers: dict[str, str], status: int
) -> None:
    assert client.get(f"/api/models/{repo}/xet-{scope}-token/main", headers=headers).status_code == status


@pytest.mark.parametrize(
    "headers", [{}, WRITER, {"Authorization": "Bearer xet_WzEsIDk5OTldOw.0"}, {"Authorization": "Bearer xet_"}]
)
def test_without_a_token_of_the_storage_nothing_is_taken(client: TestClient, headers: dict[str, str]) -> None:
    url = Storage(client).url

    assert client.post(f"{url}/v1/shards", content=b"x", headers=headers).status_code == 401


def test_a_token_of_one_repository_does_not_write_to_another(client: TestClient) -> None:
    url = Storage(client).url

    assert client.post(f"{url}/v1/shards", content=b"x", headers=Storage(client, "bob/own", STRANGER).headers).status_code == 401


def test_a_token_expires(client: TestClient, hub: Hub) -> None:
    storage = Storage(client)
    storage.headers = {"Authorization": f"Bearer {hub.signer.token(1, -1)[0]}"}

    assert storage.post("/v1/shards", b"x").status_code == 401


def test_the_address_is_no_other_hubs(client: TestClient, hub: Hub, tmp_path: Path) -> None:
    other = hub_with_people(tmp_path / "other")
    storage = Storage(client_of(other))
    other.close()

    assert hub.signer.name not in storage.url
    assert client.post(f"{storage.url}/v1/shards", content=b"x", headers=Storage(client).headers).status_code == 404
