"""The hashes of Xet: BLAKE3 with a key for each purpose, over chunks, trees of chunks, and ranges of chunks.

A hash is 32 bytes; as text it is four little-endian 64-bit words in hexadecimal, which is not the hexadecimal of its bytes.
Source: the Xet protocol specification, "Hashing" and "API".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import NamedTuple

from blake3 import blake3

from localhub.errors import bad_request

HASH_BYTES = 32

_TEXT = re.compile(r"[0-9a-f]{64}")
_WORDS = struct.Struct("<4Q")
_CHUNK_KEY = bytes.fromhex("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229")
_NODE_KEY = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")
_RANGE_KEY = bytes.fromhex("7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3")
_FILE_KEY = bytes(HASH_BYTES)

_MEAN_CHILDREN = 4
_MAX_CHILDREN = 2 * _MEAN_CHILDREN + 1
_MIN_CHILDREN = 2


class Node(NamedTuple):
    """A chunk or a tree of chunks: its hash, and the bytes it stands for."""

    hash: bytes
    size: int


def hash_text(value: bytes) -> str:
    """32 bytes -> the 64 characters that stand in addresses and answers."""
    return "".join(f"{word:016x}" for word in _WORDS.unpack(value))


def text_hash(text: str) -> bytes:
    """The reverse. Raises: HubError 400 for anything but 64 lower-case hexadecimal digits."""
    if not _TEXT.fullmatch(text):
        raise bad_request("A Xet hash is 64 lower-case hexadecimal digits")
    return _WORDS.pack(*(int(text[start : start + 16], 16) for start in range(0, 64, 16)))


def chunk_hash(data: bytes) -> bytes:
    return _keyed(data, _CHUNK_KEY)


class Tree:
    """The tree over chunks that come one after the other; it keeps a handful of nodes a level, however many chunks there are."""

    def __init__(self) -> None:
        self._waiting: list[list[Node]] = []
        self._made: list[int] = []

    def add(self, node: Node) -> None:
        self._add(node, 0)

    def root(self) -> bytes:
        """The root, which is what a xorb of these chunks is called; 32 zeros for none."""
        if not self._made:
            return bytes(HASH_BYTES)
        level = 0
        while self._made[level] > 1:
            if self._waiting[level]:
                self._close(level)
            level += 1
        return self._waiting[level][0].hash

    def file_hash(self) -> bytes:
        """What a file of these chunks is called: the root, hashed once more. To be asked once, after the last chunk."""
        return _keyed(self.root(), _FILE_KEY)

    def _add(self, node: Node, level: int) -> None:
        if level == len(self._made):
            self._waiting.append([])
            self._made.append(0)
        self._made[level] += 1
        waiting = self._waiting[level]
        waiting.append(node)
        if len(waiting) == _MAX_CHILDREN or (len(waiting) > _MIN_CHILDREN and _ends_a_group(node)):
            self._close(level)

    def _close(self, level: int) -> None:
        children, self._waiting[level] = self._waiting[level], []
        self._add(parent(children), level + 1)


def range_hash(hashes: bytes) -> bytes:
    """Shows that somebody knows the chunks of a term. hashes: theirs, one after the other."""
    return _keyed(hashes, _RANGE_KEY)


def _ends_a_group(node: Node) -> bool:
    return bool(_WORDS.unpack(node.hash)[3] % _MEAN_CHILDREN == 0)


def parent(children: Sequence[Node]) -> Node:
    """The node above a group of nodes."""
    lines = "".join(f"{hash_text(child.hash)} : {child.size}\n" for child in children)
    return Node(_keyed(lines.encode(), _NODE_KEY), sum(child.size for child in children))


def _keyed(data: bytes, key: bytes) -> bytes:
    return bytes(blake3(data, key=key).digest())
