from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from localhub.app import create_app
from localhub.hub import Hub
from localhub.repositories import Repository
from localhub.trees import oid, pointer
from tests.localhub.people import commit, new_hub, new_repository

TEXT = b"0123456789"
LARGE = bytes(range(256)) * 2000
URL = "/datasets/alice/words/resolve/main"


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return new_hub(tmp_path)


@pytest.fixture
def words(hub: Hub) -> Repository:
    words = new_repository(hub)
    sha256 = hub.blobs.put(LARGE)
    with hub.database.write() as connection:
        hub.blob_access.add(connection, words.key, sha256)
    commit(
        hub,
        words,
        {"a.txt": TEXT, "ä b%.txt": b"odd", "page.html": b"<script>", "large.bin": pointer(sha256, len(LARGE)), "empty": b""},
    )
    return words


@pytest.fixture
def client(hub: Hub, words: Repository) -> Iterator[TestClient]:
    with TestClient(create_app(hub), base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


def test_a_small_file_comes_with_the_hash_that_git_gives_it(client: TestClient) -> None:
    answer = client.get(f"{URL}/a.txt")

    assert answer.content == TEXT
    assert answer.headers["ETag"] == f'"{oid("blob", TEXT)}"'
    assert len(answer.headers["X-Repo-Commit"]) == 40


def test_head_says_what_get_does_and_sends_nothing(client: TestClient) -> None:
    get, head = client.get(f"{URL}/a.txt"), client.head(f"{URL}/a.txt")

    assert head.content == b""
    assert head.headers == get.headers


@pytest.mark.parametrize(
    ("asked", "given", "content_range"),
    [
        ("bytes=0-0", b"0", "bytes 0-0/10"), ("bytes=2-4", b"234", "bytes 2-4/10"), ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"), ("bytes=-99", TEXT, "bytes 0-9/10"), ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)  # fmt: skip
def test_a_range_is_that_part_of_the_file(client: TestClient, asked: str, given: bytes, content_range: str) -> None:
    answer = client.get(f"{URL}/a.txt", headers={"Range": asked})

    assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (206, given, content_range)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=5-4", "bytes=-0"])
def test_a_range_outside_of_the_file_is_refused(client: TestClient, asked: str) -> None:
    answer = client.get(f"{URL}/a.txt", headers={"Range": asked})

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b", ""])
def test_what_is_no_single_range_gets_the_whole_file(client: TestClient, asked: str) -> None:
    answer = client.get(f"{URL}/a.txt", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (200, TEXT)


@pytest.mark.parametrize("known", ['"{}"', 'W/"{}"', '"other", "{}"'])
def test_a_file_that_the_client_has_is_not_sent_again(client: TestClient, known: str) -> None:
    answer = client.get(f"{URL}/a.txt", headers={"If-None-Match": known.format(oid("blob", TEXT))})

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_large_file_is_elsewhere_and_the_way_needs_no_token(client: TestClient) -> None:
    sha256 = hashlib.sha256(LARGE).hexdigest()

    answer = client.head(f"{URL}/large.bin")
    there = answer.headers["Location"]
    whole, part = client.get(there), client.get(there, headers={"Range": "bytes=100-199"})

    assert answer.status_code == 302
    assert answer.headers["X-Linked-Etag"] == f'"{sha256}"'
    assert answer.headers["X-Linked-Size"] == str(len(LARGE))
    assert there.startswith("http://localhost")
    assert whole.content == LARGE
    assert (part.status_code, part.content) == (206, LARGE[100:200])


@pytest.mark.parametrize("path", ["%C3%A4%20b%25.txt", "empty"])
def test_names_and_sizes_at_the_edge(client: TestClient, path: str) -> None:
    assert client.get(f"{URL}/{path}").content == {"empty": b""}.get(path, b"odd")


def test_a_browser_is_given_no_page_to_run(client: TestClient) -> None:
    headers = client.get(f"{URL}/page.html").headers

    assert headers["Content-Type"].startswith("text/plain")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{URL}/no.txt", "EntryNotFound"), (f"{URL}/..%2f..%2fetc%2fpasswd", "EntryNotFound"), (f"{URL}/%ff", "EntryNotFound"),
        ("/datasets/alice/words/resolve/no/a.txt", "RevisionNotFound"), ("/datasets/alice/no/resolve/main/a.txt", "RepoNotFound"),
        ("/datasets/alice/words/resolve/%2e%2e/a.txt", "RevisionNotFound"), ("/alice/words/resolve/main/a.txt", "RepoNotFound"),
    ],
)  # fmt: skip
def test_what_is_not_there_has_a_code_that_says_so(client: TestClient, path: str, code: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, code)


def test_a_revision_may_be_a_branch_with_a_slash_a_tag_or_a_commit(hub: Hub, words: Repository, client: TestClient) -> None:
    head = hub.history.resolve(words.key, "main")
    with hub.database.write() as connection:
        for ref in ("refs/heads/feature/x", "refs/tags/v1"):
            hub.history.create_ref(connection, ref, head)

    answers = [
        client.get(f"/datasets/alice/words/resolve/{rev}/a.txt")
        for rev in ("feature%2Fx", "v1", "refs%2Ftags%2Fv1", head.oid, head.oid[:10])
    ]

    assert [answer.content for answer in answers] == [TEXT] * 5


def test_an_answer_is_new_when_the_branch_has_moved(hub: Hub, words: Repository, client: TestClient) -> None:
    before = [client.get(f"{URL}/a.txt").content for _ in range(3)]

    commit(hub, words, {"a.txt": b"new"})

    assert before == [TEXT] * 3
    assert client.get(f"{URL}/a.txt").content == b"new"


def test_an_answer_is_for_those_who_may_have_it(hub: Hub, words: Repository, client: TestClient) -> None:
    owner = {"Authorization": "Bearer hf_alice"}
    before = [client.get(f"{URL}/a.txt").status_code for _ in range(2)]

    hub.repositories.set_private(words, private=True)
    after = [
        client.get(f"{URL}/a.txt", headers=headers).status_code
        for headers in (owner, {}, owner, {}, {"Authorization": "Bearer hf_bob"})
    ]

    assert (before, after) == ([200, 200], [200, 404, 200, 404, 404])


def test_an_answer_changes_when_another_process_writes(hub: Hub, words: Repository, client: TestClient, tmp_path: Path) -> None:
    other = Hub(tmp_path)
    before = client.get(f"{URL}/a.txt").content

    commit(other, words, {"a.txt": b"from elsewhere"})

    assert (before, client.get(f"{URL}/a.txt").content) == (TEXT, b"from elsewhere")
    other.close()
