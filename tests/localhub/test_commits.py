from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from localhub.committing import commit_draft, new_draft
from localhub.drafts import REGULAR_MAX_BYTES
from localhub.errors import HubError
from localhub.hub import Hub
from localhub.trees import pointer
from tests.localhub.fsck import check
from tests.localhub.people import ALICE, commit, contents, draft_of, lines_of, new_hub, new_repository


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return new_hub(tmp_path)


def test_a_commit_puts_and_removes_files_in_the_order_they_come(hub: Hub) -> None:
    words = new_repository(hub)
    commit(hub, words, {"a.txt": b"1", "d/b.txt": b"2", "d/e/c.txt": b"3"})

    commit(hub, words, {"d/": None, "d/b.txt": b"new", "a.txt": None})

    assert contents(hub, words) == {"d/b.txt": b"new"}
    assert check(hub) == []


@pytest.mark.parametrize("files", [{"no.txt": None}, {"no/": None}, {"d": None}, {"a.txt": b"x", "a.txt/": None}])
def test_what_is_not_there_cannot_be_removed(hub: Hub, files: dict[str, bytes | None]) -> None:
    words = new_repository(hub)
    commit(hub, words, {"d/b.txt": b"2"})

    with pytest.raises(HubError) as problem:
        commit(hub, words, files)

    assert (problem.value.status, problem.value.code) == (404, "EntryNotFound")
    assert contents(hub, words) == {"d/b.txt": b"2"}


@pytest.mark.parametrize("files", [{"d": b"x"}, {"f/g": b"x"}, {"n": b"x", "n/m": b"y"}, {"n/m": b"y", "n": b"x"}])
def test_nothing_is_a_file_and_a_folder(hub: Hub, files: dict[str, bytes | None]) -> None:
    words = new_repository(hub)
    commit(hub, words, {"d/b.txt": b"2", "f": b"1"})

    with pytest.raises(HubError, match="a file and a folder"):
        commit(hub, words, files)

    assert contents(hub, words) == {"d/b.txt": b"2", "f": b"1"}


@pytest.mark.parametrize("files", [{"d/": None, "d": b"x"}, {"d": b"x", "d/b.txt": None}])
def test_a_file_may_take_the_place_of_a_folder_that_goes(hub: Hub, files: dict[str, bytes | None]) -> None:
    words = new_repository(hub)
    commit(hub, words, {"d/b.txt": b"2"})

    commit(hub, words, files)

    assert contents(hub, words) == {"d": b"x"}


def test_a_folder_may_take_the_place_of_a_file_that_goes(hub: Hub) -> None:
    words = new_repository(hub)
    commit(hub, words, {"f": b"1"})

    commit(hub, words, {"f": None, "f/g": b"2"})

    assert contents(hub, words) == {"f/g": b"2"}


def test_an_old_parent_is_refused_and_nothing_changes(hub: Hub) -> None:
    words = new_repository(hub)
    first = commit(hub, words, {"a": b"1"})
    second = commit(hub, words, {"a": b"2"}, first.oid)

    with pytest.raises(HubError) as problem:
        commit(hub, words, {"a": b"3"}, first.oid)

    assert problem.value.status == 412
    assert hub.history.resolve(words.key, "main") == second


def test_commits_at_once_lose_nothing(hub: Hub) -> None:
    words = new_repository(hub)
    start = threading.Barrier(8)

    def commit_some(client: int) -> None:
        start.wait()
        for number in range(5):
            commit(hub, words, {f"{client}/{number}": b"%d %d" % (client, number)})

    threads = [threading.Thread(target=commit_some, args=(client,)) for client in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert contents(hub, words) == {
        f"{client}/{number}": b"%d %d" % (client, number) for client in range(8) for number in range(5)
    }
    assert hub.history.resolve(words.key, "main").depth == 41
    assert check(hub) == []


def test_of_commits_with_the_same_parent_one_gets_through(hub: Hub) -> None:
    words = new_repository(hub)
    parent = hub.history.resolve(words.key, "main").oid
    start, done, refused = threading.Barrier(8), [], []

    def try_once(client: int) -> None:
        start.wait()
        try:
            done.append(commit(hub, words, {"a": b"%d" % client}, parent))
        except HubError as error:
            refused.append(error.status)

    threads = [threading.Thread(target=try_once, args=(client,)) for client in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == [412] * 7
    assert [hub.history.resolve(words.key, "main")] == done


def test_a_commit_writes_the_folders_it_changes_and_no_others(hub: Hub) -> None:
    words = new_repository(hub)
    commit(hub, words, {f"{folder:03}/{name}.txt": b"%d" % folder for folder in range(100) for name in range(10)})

    def trees() -> int:
        return int(hub.database.read().execute("SELECT count(*) FROM trees").fetchone()[0])

    before = trees()
    commit(hub, words, {"050/5.txt": b"new"})

    assert trees() == before + 2  # its folder and the root


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "a/./b", ".git/config", "a/.GIT/x", "a\\b", "a\0b", "a\nb", "a" * 256, "a/" * 600 + "b"],
)  # fmt: skip
def test_a_path_cannot_lead_elsewhere(hub: Hub, path: str) -> None:
    words = new_repository(hub)
    draft = new_draft(hub, words, ALICE)

    with pytest.raises(HubError) as problem:
        draft.add(json.dumps({"key": "file", "value": {"path": path, "content": "x"}}).encode())

    assert problem.value.status == 400


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"\xff", b'{"key": "file"}', b'{"key": "unknown", "value": {}}', b'{"key": "file", "value": {"path": 1}}',
        b'{"key": "file", "value": {"path": "a", "content": "%", "encoding": "base64"}}',
        b'{"key": "file", "value": {"path": "\\ud800", "content": ""}}', b'{"key": "header", "value": {"summary": ""}}',
        b'{"key": "lfsFile", "value": {"path": "a", "oid": "../../x"}}', b'{"key": "lfsFile", "value": {"path": "a", "oid": 1}}',
        b"[" * 100_000,
    ],
    ids=range(12),
)  # fmt: skip
def test_a_malformed_line_is_a_bad_request(hub: Hub, line: bytes) -> None:
    draft = new_draft(hub, new_repository(hub), ALICE)

    with pytest.raises(HubError) as problem:
        draft.add(line)

    assert problem.value.status == 400


def test_a_large_file_does_not_come_in_a_commit(hub: Hub) -> None:
    draft = new_draft(hub, new_repository(hub), ALICE)
    (_, line) = lines_of({"a": bytes(REGULAR_MAX_BYTES + 1)})

    with pytest.raises(HubError) as problem:
        draft.add(line)

    assert problem.value.status == 413


def test_a_large_file_of_somebody_else_is_not_named_into_ones_own_repository(hub: Hub) -> None:
    words = new_repository(hub)
    sha256 = hub.blobs.put(b"a secret of bob")
    draft = new_draft(hub, words, ALICE)

    with pytest.raises(HubError, match="was not uploaded"):
        draft.add(json.dumps({"key": "lfsFile", "value": {"path": "mine", "oid": sha256}}).encode())


def test_a_pointer_that_is_committed_is_the_file_it_points_to(hub: Hub) -> None:
    words = new_repository(hub)
    sha256 = hub.blobs.put(b"large")
    with hub.database.write() as connection:
        hub.blob_access.add(connection, words.key, sha256)

    commit(hub, words, {"a.bin": pointer(sha256, 5)})

    assert contents(hub, words) == {"a.bin": b"large"}
    assert check(hub) == []


def test_a_file_is_copied_from_a_revision(hub: Hub) -> None:
    words = new_repository(hub)
    old = commit(hub, words, {"a": b"old"})
    commit(hub, words, {"a": b"new"})
    draft = draft_of(hub, words, {})
    draft.add(json.dumps({"key": "copyFile", "value": {"path": "b", "srcPath": "a", "srcRevision": old.oid}}).encode())

    commit_draft(hub, words, "main", draft, "alice")

    assert contents(hub, words) == {"a": b"new", "b": b"old"}


def test_a_damaged_hub_is_noticed(hub: Hub) -> None:
    words = new_repository(hub)
    made = commit(hub, words, {"a": b"1", "b": b"2", "d/c": b"3"})
    paths = {path: hub.blobs.path(file.sha256) for path, file in hub.trees.files(made.tree)}

    paths["a"].unlink()
    paths["b"].write_bytes(b"9")
    with hub.database.write() as connection:
        connection.execute("UPDATE commits SET title = 'other' WHERE oid = ?", (made.oid,))
        connection.execute("DELETE FROM trees WHERE oid = ?", (hub.trees.read(made.tree)["d"].oid,))

    assert sorted(problem.split(":")[1].strip() for problem in check(hub)) == [
        "d is not there", "is not there", "is not what it is called", "is not what it is called",
    ]  # fmt: skip
