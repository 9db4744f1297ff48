"""Real git judges what we call blobs, trees and commits."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path

from localhub.history import message_of
from localhub.trees import encode_commit
from tests.localhub.people import commit, contents, new_hub, new_repository


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout


def write_object(folder: Path, oid: str, kind: str, body: bytes) -> None:
    path = folder / ".git" / "objects" / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(b"%s %d\0" % (kind.encode(), len(body)) + body))


def test_git_finds_nothing_wrong_with_our_objects(tmp_path: Path) -> None:
    hub = new_hub(tmp_path / "hub")
    words = new_repository(hub)
    commit(hub, words, {"a.b/x": b"1", "a/y": b"2", "a-b": b"3", "ä/ö.txt": b"4", "a/b/c/d": b"", "z": b"\0\xff"})
    head = commit(hub, words, {"a/": None, "new": b"5"})
    git(tmp_path, "init", "--quiet", "checkout")
    folder = tmp_path / "checkout"

    for row in hub.database.read().execute("SELECT oid, body FROM trees"):
        write_object(folder, row["oid"], "tree", row["body"])
    for row in hub.database.read().execute("SELECT oid, sha256 FROM objects"):
        write_object(folder, row["oid"], "blob", hub.blobs.path(row["sha256"]).read_bytes())
    line = hub.history.ancestors(head)
    for made, parent in zip(line, [*line[1:], None], strict=True):
        body = encode_commit(made.tree, parent.oid if parent else None, made.author, made.seconds, message_of(made))
        write_object(folder, made.oid, "commit", body)
    git(folder, "update-ref", "refs/heads/main", head.oid)
    git(folder, "checkout", "--quiet", "main")

    assert git(folder, "fsck", "--full", "--strict", "--no-dangling") == ""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ours = {path: data for path, data in files.items() if not path.startswith(".git/") and path != ".gitattributes"}
    assert ours == contents(hub, words)
    assert git(folder, "log", "--format=%s").split("\n")[:3] == ["change", "change", "initial commit"]
