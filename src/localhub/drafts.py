"""The operations of one commit, as they arrive line by line; nothing of them is visible before the commit.

A line is JSON: {"key": "header" | "file" | "lfsFile" | "deletedFile" | "deletedFolder" | "copyFile", "value": {...}}.
Small files are written to the disk in batches, all of them before the commit.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localhub.blobs import Blobs
from localhub.errors import HubError, bad_request
from localhub.names import checked_path
from localhub.requests import read_json
from localhub.trees import File, lfs_file, oid, read_pointer

REGULAR_MAX_BYTES = 10_000_000
"""Larger files are sent by LFS or Xet."""
_MAX_OPERATIONS = 100_000
_BATCH_FILES = 256


@dataclass(frozen=True, slots=True)
class Put:
    path: str
    file: File


@dataclass(frozen=True, slots=True)
class Delete:
    path: str
    folder: bool


@dataclass(frozen=True, slots=True)
class Copy:
    path: str
    source: str
    revision: str | None


Operation = Put | Delete | Copy


class Draft:
    """A commit in the making."""

    def __init__(self, blobs: Blobs, may_use: Callable[[str], bool]) -> None:
        """may_use: whether a large file, by its SHA-256, was uploaded to the repository or is readable to the author."""
        self._blobs = blobs
        self._may_use = may_use
        self._waiting: dict[str, bytes] = {}
        self.operations: list[Operation] = []
        self.title = ""
        self.description = ""
        self.parent: str | None = None

    def add(self, line: bytes) -> None:
        """Take one line of the body. Raises: HubError 400 for a malformed line, 413 for too many or too large."""
        key, value = _parsed(line)
        if key == "header":
            self._head(value)
            return
        reader = _READERS.get(key)
        if reader is None:
            raise bad_request(f"Unknown operation. Allowed: header, {', '.join(_READERS)}")
        if len(self.operations) >= _MAX_OPERATIONS:
            raise HubError(413, f"A commit has at most {_MAX_OPERATIONS:,} operations")
        self.operations.append(reader(self, value))

    def store(self, data: bytes) -> str:
        """Keep the bytes of a small file, now or with the next batch. Returns: their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._waiting[sha256] = data
        if len(self._waiting) >= _BATCH_FILES or sum(map(len, self._waiting.values())) > REGULAR_MAX_BYTES:
            self.flush()
        return sha256

    def flush(self) -> None:
        """Write all waiting small files to the disk."""
        self._blobs.put_all(self._waiting.values())
        self._waiting.clear()

    def large_file(self, path: str, sha256: str, size: int | None) -> Put:
        """A file that was uploaded before. Raises: HubError 400 if it was not, or has another size."""
        if not self._blobs.has(sha256) or not self._may_use(sha256):
            raise bad_request(f"{path}: the LFS object {sha256} was not uploaded")
        real = self._blobs.size(sha256)
        if size not in (None, real):
            raise bad_request(f"{path}: the LFS object {sha256} has {real} bytes, not {size}")
        return Put(path, lfs_file(sha256, real))

    def _head(self, value: Mapping[str, Any]) -> None:
        title, description, parent = value.get("summary"), value.get("description") or "", value.get("parentCommit")
        if not isinstance(title, str) or not title.strip() or not isinstance(description, str):
            raise bad_request("A commit has a summary, a text that is not empty")
        if parent is not None and not isinstance(parent, str):
            raise bad_request("parentCommit is the oid of a commit")
        self.title, self.description, self.parent = title, description, parent and parent.lower()


def _parsed(line: bytes) -> tuple[str, Mapping[str, Any]]:
    try:
        item = read_json(line)
    except ValueError as error:
        raise bad_request("A line of a commit is JSON") from error
    if not isinstance(item, dict) or not isinstance(item.get("key"), str) or not isinstance(item.get("value"), dict):
        raise bad_request('A line of a commit is {"key": ..., "value": {...}}')
    return item["key"], item["value"]


def _file(draft: Draft, value: Mapping[str, Any]) -> Operation:
    path = checked_path(value.get("path"))
    data = _decoded(value)
    if len(data) > REGULAR_MAX_BYTES:
        raise HubError(413, f"{path}: {len(data):,} bytes. Allowed: {REGULAR_MAX_BYTES:,}, larger files by LFS")
    if pointed := read_pointer(data):
        return draft.large_file(path, *pointed)
    return Put(path, File(oid("blob", data), draft.store(data), len(data), lfs=False))


def _lfs_file(draft: Draft, value: Mapping[str, Any]) -> Operation:
    path = checked_path(value.get("path"))
    sha256, size = value.get("oid"), value.get("size")
    if not isinstance(sha256, str) or value.get("algo", "sha256") != "sha256":
        raise bad_request(f"{path}: an LFS file is named by its SHA-256")
    if size is not None and not isinstance(size, int):
        raise bad_request(f"{path}: a size is a number of bytes")
    return draft.large_file(path, sha256, size)


def _deleted_file(_: Draft, value: Mapping[str, Any]) -> Operation:
    return Delete(checked_path(value.get("path")), folder=False)


def _deleted_folder(_: Draft, value: Mapping[str, Any]) -> Operation:
    path = value.get("path")
    return Delete(checked_path(path.rstrip("/") if isinstance(path, str) else path), folder=True)


def _copied_file(_: Draft, value: Mapping[str, Any]) -> Operation:
    revision = value.get("srcRevision")
    if revision is not None and not isinstance(revision, str):
        raise bad_request("srcRevision is a revision")
    return Copy(checked_path(value.get("path")), checked_path(value.get("srcPath")), revision)


def _decoded(value: Mapping[str, Any]) -> bytes:
    content, encoding = value.get("content"), value.get("encoding", "utf-8")
    if not isinstance(content, str) or encoding not in ("utf-8", "base64"):
        raise bad_request("The content of a file is a text, in the encoding utf-8 or base64")
    try:
        return base64.b64decode(content, validate=True) if encoding == "base64" else content.encode()
    except (binascii.Error, UnicodeEncodeError) as error:
        raise bad_request(f"The content of a file is not {encoding}") from error


_READERS: dict[str, Callable[[Draft, Mapping[str, Any]], Operation]] = {
    "file": _file,
    "lfsFile": _lfs_file,
    "deletedFile": _deleted_file,
    "deletedFolder": _deleted_folder,
    "copyFile": _copied_file,
}
