"""Blobs, trees and commits named as git names them, so that an oid here is the one `git hash-object` prints.

Source: git's documentation, "Git Internals - Git Objects", and the Git LFS specification for pointers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_FILE_MODE, _FOLDER_MODE = b"100644", b"40000"
_OID_BYTES = 20
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (0|[1-9][0-9]{0,18})\n")


class Entry(NamedTuple):
    """The oid (40 hexadecimal digits) of a file's blob, or of a folder's tree."""

    oid: str
    folder: bool


def oid(kind: str, body: bytes) -> str:
    """Name of an object of `kind` blob, tree or commit.

    >>> oid("blob", b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(body)) + body, usedforsecurity=False).hexdigest()


def pointer(sha256: str, size: int) -> bytes:
    """The pointer that git keeps in place of a file of `size` bytes in LFS."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


def read_pointer(data: bytes) -> tuple[str, int] | None:
    """SHA-256 and size of a pointer; None for other bytes."""
    match = _POINTER.fullmatch(data)
    return (match[1].decode(), int(match[2])) if match else None


def encode_tree(entries: Mapping[str, Entry]) -> bytes:
    """A folder as git stores it: sorted by bytes, as if the name of a folder ended with a slash."""
    rows = sorted((name.encode(), entry) for name, entry in entries.items())
    rows.sort(key=lambda row: row[0] + b"/" if row[1].folder else row[0])
    return b"".join(
        (_FOLDER_MODE if entry.folder else _FILE_MODE) + b" " + name + b"\0" + bytes.fromhex(entry.oid) for name, entry in rows
    )


def decode_tree(body: bytes) -> dict[str, Entry]:
    """The inverse of `encode_tree`."""
    entries = {}
    at = 0
    while at < len(body):
        space = body.index(b" ", at)
        end = body.index(b"\0", space)
        folder = body[at:space] == _FOLDER_MODE
        at = end + 1 + _OID_BYTES
        entries[body[space + 1 : end].decode()] = Entry(body[end + 1 : at].hex(), folder)
    return entries


def encode_commit(tree: str, parent: str | None, author: str, seconds: int, message: str) -> bytes:
    """A commit as git stores it; `seconds` since 1970, in UTC."""
    who = f"{author} <{author}@localhost> {seconds} +0000"
    lines = [f"tree {tree}", *([f"parent {parent}"] if parent else []), f"author {who}", f"committer {who}", "", message, ""]
    return "\n".join(lines).encode(errors="replace")
