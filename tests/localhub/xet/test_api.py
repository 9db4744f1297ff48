"""The Xet storage over HTTP, with bodies that hf_xet sent."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from localhub import xet
from localhub.hub import Hub
from localhub.signing import Grant
from localhub.xet.merkle import hash_text, text_hash
from localhub.xet.shard import ShardFile, read_shard
from localhub.xet.xorb import read_chunks
from tests.localhub.served import READER, STRANGER, WRITER, client_of, files_below, hub_with_people
from tests.localhub.xet.recorder import Upload

Uploaded = tuple[dict[str, bytes], Upload]


class Storage:
    """A client of the storage of one repository."""

    def __init__(
        self, client: TestClient, repo: str = "alice/private", scope: str = "write", headers: dict[str, str] = WRITER
    ) -> None:
        self.client = client
        answer = client.get(f"/api/models/{repo}/xet-{scope}-token/main", headers=headers)
        assert answer.status_code == 200, answer.text
        self.url = answer.json()["casUrl"]
        self.headers = {"Authorization": f"Bearer {answer.json()['accessToken']}"}

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(self.url + path, headers=self.headers | headers)

    def post(self, path: str, body: bytes) -> Response:
        return self.client.post(self.url + path, content=body, headers=self.headers)

    def send(self, upload: Upload) -> list[Any]:
        """Everything, as hf_xet does: xorbs, then shards. Returns the answers."""
        answers = [self.post(f"/v1/xorbs/default/{name}", body) for name, body in upload.xorbs.items()]
        answers += [self.post("/v1/shards", body) for body in upload.shards]
        assert all(answer.status_code == 200 for answer in answers), [answer.text for answer in answers]
        return [answer.json() for answer in answers]

    def fetch(self, version: int, name: str, **headers: str) -> bytes:
        """A file or a range of it from its plan on: fetch, unpack, put together; but for what comes after the range."""
        plan = self.get(f"/v{version}/reconstructions/{name}", **headers).json()
        found = b""
        for term in plan["terms"]:
            part = next(
                part
                for part in _parts(plan, term["hash"])
                if part.start <= term["range"]["start"] and term["range"]["end"] <= part.end
            )
            answer = self.client.get(part.url, headers={"Range": f"bytes={part.first}-{part.last}"})
            assert answer.status_code == 206
            chunks = list(read_chunks(io.BytesIO(answer.content), len(answer.content)))
            assert len(chunks) == part.end - part.start
            data = b"".join(
                chunk.data for chunk in chunks[term["range"]["start"] - part.start : term["range"]["end"] - part.start]
            )
            assert len(data) == term["unpacked_length"]
            found += data
        return found[plan["offset_into_first_range"] :]


class Part(NamedTuple):
    """Chunks [start, end) of a xorb, and where their bytes are, `last` included."""

    url: str
    start: int
    end: int
    first: int
    last: int


def _parts(plan: dict[str, Any], xorb: str) -> list[Part]:
    """What is to be fetched of a xorb, by the answer of the second version or of the first."""
    found = [
        (fetch["url"], part["chunks"], part["bytes"]) for fetch in plan.get("xorbs", {}).get(xorb, []) for part in fetch["ranges"]
    ]
    found += [(fetch["url"], fetch["range"], fetch["url_range"]) for fetch in plan.get("fetch_info", {}).get(xorb, [])]
    return [Part(url, chunks["start"], chunks["end"], inside["start"], inside["end"]) for url, chunks, inside in found]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = hub_with_people(tmp_path / "hub")
    yield hub
    hub.close()


@pytest.fixture
def client(hub: Hub) -> TestClient:
    return client_of(hub)


def files_of(upload: Upload) -> dict[str, ShardFile]:
    """By their SHA-256."""
    files = [file for body in upload.shards for file in read_shard(io.BytesIO(body), len(body))]
    return {file.sha256 or "": file for file in files}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_files_that_came_by_xet_are_blobs_too(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    files, upload = uploaded

    Storage(client).send(upload)

    assert {hub.blobs.path(sha256(data)).read_bytes() for data in files.values()} == set(files.values())
    assert list((hub.root / "tmp").iterdir()) == []


def test_a_file_is_known_by_its_xet_hash(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    _, upload = uploaded
    Storage(client).send(upload)

    names = {oid: xet.xet_hash(hub, oid) for oid in files_of(upload)}

    assert names == {oid: hash_text(file.hash) for oid, file in files_of(upload).items()}
    assert xet.xet_hash(hub, "0" * 64) is None


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("name", ["mixed.bin", "small.bin", "again.bin", "numbers.bin"])
def test_a_file_is_put_together_from_its_plan(client: TestClient, uploaded: Uploaded, version: int, name: str) -> None:
    files, upload = uploaded
    Storage(client).send(upload)
    file = files_of(upload)[sha256(files[name])]

    found = Storage(client, scope="read", headers=READER).fetch(version, hash_text(file.hash))

    assert found == files[name]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, uploaded: Uploaded) -> Iterator[Storage]:
    hub = hub_with_people(tmp_path_factory.mktemp("filled") / "hub")
    storage = Storage(client_of(hub))
    storage.send(uploaded[1])
    yield storage
    hub.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_of_a_file_is_put_together_from_its_plan(filled: Storage, uploaded: Uploaded, data: st.DataObject) -> None:
    files, upload = uploaded
    wanted = files[data.draw(st.sampled_from(sorted(files)))]
    start = data.draw(st.integers(0, len(wanted) - 1))
    end = data.draw(st.integers(start, len(wanted) + 10))
    file = files_of(upload)[sha256(wanted)]

    found = filled.fetch(data.draw(st.sampled_from([1, 2])), hash_text(file.hash), Range=f"bytes={start}-{end}")

    assert found[: end + 1 - start] == wanted[start : end + 1]
    assert len(found) < end + 1 - start + 2 * 128 * 1024  # no chunk more than the range touches


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("bytes=840000-", 416),
        ("bytes=5-4", 400),
        ("bytes=-5", 400),
        ("bytes=0-1,3-4", 400),
        ("x", 400),
        ("bytes=0-18446744073709551614", 200),
    ],
)
def test_a_range_that_is_none_is_refused(filled: Storage, uploaded: Uploaded, header: str, status: int) -> None:
    files, upload = uploaded
    file = files_of(upload)[sha256(files["mixed.bin"])]

    assert filled.get(f"/v2/reconstructions/{hash_text(file.hash)}", Range=header).status_code == status


def test_everything_sent_a_second_time_changes_nothing(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    _, upload = uploaded
    first = Storage(client).send(upload)
    before = files_below(hub.root)

    second = Storage(client).send(upload)

    assert first == [{"was_inserted": True}] * len(upload.xorbs) + [{"result": 1}] * len(upload.shards)
    assert second == [{"was_inserted": False}] * len(upload.xorbs) + [{"result": 0}] * len(upload.shards)
    assert files_below(hub.root) == before


def test_a_xorb_under_another_name_is_refused_and_not_kept(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    body = next(iter(uploaded[1].xorbs.values()))

    refused = Storage(client).post(f"/v1/xorbs/default/{'0' * 64}", body)

    assert refused.status_code == 400
    assert files_below(hub.root) == set()


def packed_otherwise(body: bytes) -> bytes:
    """The same chunks, all stored as they are."""
    chunks = [part.data for part in read_chunks(io.BytesIO(body), len(body))]
    return b"".join(b"\0" + len(data).to_bytes(3, "little") + b"\0" + len(data).to_bytes(3, "little") + data for data in chunks)


def test_of_a_xorb_that_two_clients_pack_in_two_ways_one_is_kept_whole(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    files, upload = uploaded
    name, body = next((name, body) for name, body in upload.xorbs.items() if packed_otherwise(body) != body)
    with hub.xet.xorbs.incoming() as slow, hub.xet.xorbs.incoming() as quick:
        slow.write(body)
        quick.write(packed_otherwise(body))
        quick.keep(text_hash(name))
        slow.keep(text_hash(name))

    Storage(client).send(upload)

    assert hub.xet.xorbs.path(text_hash(name)).read_bytes() == packed_otherwise(body)
    assert all(hub.blobs.has(sha256(data)) for data in files.values())


def test_a_xorb_that_is_cut_off_is_refused_and_not_kept(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    name, body = next(iter(uploaded[1].xorbs.items()))

    refused = Storage(client).post(f"/v1/xorbs/default/{name}", body[:-1])

    assert refused.status_code == 400
    assert files_below(hub.root) == set()


def test_a_shard_of_xorbs_that_are_not_there_is_refused(client: TestClient, uploaded: Uploaded) -> None:
    refused = Storage(client).post("/v1/shards", uploaded[1].shards[0])

    assert refused.status_code == 400
    assert "was not uploaded" in refused.text


def changed(upload: Upload, old: bytes, new: bytes) -> bytes:
    body = next(shard for shard in upload.shards if old in shard)
    return body.replace(old, new, 1)


def sent_but_changed(client: TestClient, upload: Upload, old: bytes, new: bytes) -> Response:
    """The answer to a shard that was changed, all xorbs being there."""
    Storage(client).send(Upload(upload.xorbs, []))
    return Storage(client).post("/v1/shards", changed(upload, old, new))


def test_a_file_with_another_sha256_is_refused_and_not_kept(client: TestClient, hub: Hub, uploaded: Uploaded) -> None:
    files, upload = uploaded
    words = bytes.fromhex(sha256(files["small.bin"]))
    stored = b"".join(words[start : start + 8][::-1] for start in range(0, 32, 8))

    refused = sent_but_changed(client, upload, stored, bytes(32))

    assert refused.status_code == 400
    assert xet.xet_hash(hub, sha256(files["small.bin"])) is None


@pytest.mark.parametrize("what", ["hash", "range_hash"])
def test_a_file_with_another_hash_than_its_chunks_make_is_refused(client: TestClient, uploaded: Uploaded, what: str) -> None:
    files, upload = uploaded
    file = files_of(upload)[sha256(files["small.bin"])]

    refused = sent_but_changed(client, upload, file.hash if what == "hash" else file.range_hashes[0], bytes(32))

    assert refused.status_code == 400


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0), value=st.integers(0, 255))
def test_a_shard_with_any_byte_changed_is_refused_or_changes_nothing_but_what_is_unused(
    filled: Storage, uploaded: Uploaded, at: int, value: int
) -> None:
    body = bytearray(uploaded[1].shards[0])
    body[at % len(body)] = value

    answer = filled.post("/v1/shards", bytes(body))

    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "path",
    ["/v1/xorbs/default/nothing", "/v1/reconstructions/nothing", "/v2/reconstructions/..", "/v1/xorbs/default/" + "G" * 64],
)
def test_what_is_no_hash_is_refused_or_not_found(filled: Storage, path: str) -> None:
    answer = filled.post(path, b"x") if "xorbs" in path else filled.get(path)

    assert answer.status_code in (400, 404)


def test_a_chunk_is_not_told_of(filled: Storage) -> None:
    assert filled.get(f"/v1/chunks/default/{'0' * 64}").status_code == 404


def test_a_token_that_reads_does_not_write(client: TestClient, uploaded: Uploaded) -> None:
    reading = Storage(client, scope="read", headers=READER)
    name, body = next(iter(uploaded[1].xorbs.items()))

    statuses = [reading.post(f"/v1/xorbs/default/{name}", body).status_code, reading.post("/v1/shards", b"x").status_code]

    assert statuses == [403, 403]


@pytest.mark.parametrize(
    ("repo", "scope", "headers", "status"),
    [
        ("alice/private", "read", {}, 404),
        ("alice/private", "read", STRANGER, 404),
        ("alice/private", "write", READER, 403),
        ("alice/public", "write", {}, 401),
        ("alice/public", "write", STRANGER, 403),
        ("alice/public", "read", {}, 200),
        ("alice/public", "admin", WRITER, 404),
        ("alice/nothing", "read", WRITER, 404),
    ],
)
def test_a_token_is_given_to_who_may(client: TestClient, repo: str, scope: str, headers: dict[str, str], status: int) -> None:
    assert client.get(f"/api/models/{repo}/xet-{scope}-token/main", headers=headers).status_code == status


def test_without_a_token_nothing_is_told(client: TestClient, uploaded: Uploaded) -> None:
    storage = Storage(client)
    storage.send(uploaded[1])
    file = next(iter(files_of(uploaded[1]).values()))

    for headers in ({}, WRITER, {"Authorization": "Bearer xet_write.1.9999999999.0"}, {"Authorization": "Bearer xet_"}):
        assert client.get(f"{storage.url}/v2/reconstructions/{hash_text(file.hash)}", headers=headers).status_code == 401


def test_a_token_expires(client: TestClient, hub: Hub) -> None:
    storage = Storage(client)
    storage.headers = {"Authorization": f"Bearer {hub.signer.token(Grant('write', 1), -1)[0]}"}

    assert storage.post("/v1/shards", b"x").status_code == 401


def test_a_token_of_one_repository_does_not_read_the_files_of_another(client: TestClient, uploaded: Uploaded) -> None:
    Storage(client).send(uploaded[1])
    file = next(iter(files_of(uploaded[1]).values()))

    answer = Storage(client, "bob/own", headers=STRANGER).get(f"/v2/reconstructions/{hash_text(file.hash)}")

    assert answer.status_code == 404


def test_a_xorb_is_got_by_a_signed_link_alone(filled: Storage, uploaded: Uploaded) -> None:
    name = next(iter(uploaded[1].xorbs))

    statuses = [filled.get(f"/xorbs/{name}").status_code, filled.get(f"/xorbs/{name}?expires=9999999999&signature=0").status_code]

    assert statuses == [403, 403]


def test_the_address_is_no_other_hubs(client: TestClient, hub: Hub, tmp_path: Path, uploaded: Uploaded) -> None:
    other = hub_with_people(tmp_path / "other")
    storage = Storage(client_of(other))
    other.close()

    assert hub.signer.name not in storage.url
    assert client.post(f"{storage.url}/v1/shards", content=b"x", headers=Storage(client).headers).status_code == 404


def test_a_hub_without_xet_has_none_of_it(tmp_path: Path) -> None:
    hub = hub_with_people(tmp_path / "hub", xet_enabled=False)
    client = client_of(hub)

    statuses = [
        client.get("/api/models/alice/private/xet-write-token/main", headers=WRITER).status_code,
        client.post(f"/-/xet/{hub.signer.name}/v1/shards", content=b"x").status_code,
    ]

    assert statuses == [404, 404]
    hub.close()
