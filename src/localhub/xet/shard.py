"""A shard: which chunks of which xorbs make up the files of an upload. A sequence of records of 48 bytes each.

    header                         tag, version 2, size of the footer
    file     hash, flags, count    then `count` terms, then as many range hashes (flag 31), then the SHA-256 (flag 30)
    bookend                        32 bytes of 0xff
    ...                            xorbs, and an optional footer; not needed

Source: the Xet protocol specification, "Shard".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from localhub.errors import bad_request

MAX_SHARD_BYTES = 64 * 1024 * 1024
MAX_TERMS = 250_000  # 500 GB in runs of 2 MB
MAX_BYTES = 500_000_000_000  # of all files
MAX_CHUNKS = 8192  # of a xorb
RECORD_BYTES = 48

_TAG = bytes.fromhex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9")
_VERSION = 2
_BOOKEND = b"\xff" * 32
_HEADER = struct.Struct("<32sQQ")
_BLOCK = struct.Struct("<32sII8x")
_TERM = struct.Struct("<32sIIII")
_WITH_RANGE_HASHES = 1 << 31
_WITH_SHA256 = 1 << 30


class Term(NamedTuple):
    """A part of a file: the chunks [start, end) of a xorb, `size` bytes unpacked."""

    xorb: str
    size: int
    start: int
    end: int


class ShardFile(NamedTuple):
    """A file: its terms in order, and its SHA-256."""

    terms: tuple[Term, ...]
    sha256: str


def read_shard(stream: BinaryIO, size: int) -> list[ShardFile]:
    """The files of a shard of `size` bytes. Raises: HubError 400 for a malformed one."""
    records = _Records(stream, size)
    tag, version, _ = _HEADER.unpack(records.take())
    if tag != _TAG or version != _VERSION:
        raise bad_request("Not a shard of version 2")
    files = list(_files(records))
    if sum(term.size for file in files for term in file.terms) > MAX_BYTES:
        raise bad_request(f"The files of a shard have at most {MAX_BYTES:,} bytes")
    return files


class _Records:
    """Records in order, never past the end."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._rest = size

    def take(self, count: int = 1) -> bytes:
        size = count * RECORD_BYTES
        data = self._stream.read(size) if size <= self._rest else b""
        if len(data) != size:
            raise bad_request("A shard ends in the middle of a record")
        self._rest -= size
        return data


def _files(records: _Records) -> Iterator[ShardFile]:
    room = MAX_TERMS
    while (block := _BLOCK.unpack(records.take()))[0] != _BOOKEND:
        _, flags, count = block
        room -= count
        if flags & ~_WITH_RANGE_HASHES != _WITH_SHA256 or count == 0 or room < 0:
            raise bad_request(f"A file in a shard has its SHA-256 and 1 to {MAX_TERMS} terms, all files together")
        terms = tuple(
            _checked(Term(_hash_text(xorb), size, start, end))
            for xorb, _, size, start, end in _TERM.iter_unpack(records.take(count))
        )
        if flags & _WITH_RANGE_HASHES:
            records.take(count)
        yield ShardFile(terms, _hash_text(records.take()[:32]))


def _checked(term: Term) -> Term:
    if not 0 <= term.start < term.end <= MAX_CHUNKS or term.size == 0:
        raise bad_request(f"A term of a file has one to {MAX_CHUNKS} chunks, and at least one byte")
    return term


def _hash_text(value: bytes) -> str:
    """32 bytes -> four little-endian 64-bit words in hexadecimal, as in addresses; not the hexadecimal of the bytes."""
    return "".join(f"{word:016x}" for word in struct.unpack("<4Q", value))
