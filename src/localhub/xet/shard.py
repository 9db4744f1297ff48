"""A shard: which chunks of which xorbs make up the files of an upload. A row of records of 48 bytes each.

    header                         tag, version 2, size of the footer
    file     hash, flags, count    then `count` terms, then as many range hashes (flag 31), then the SHA-256 (flag 30)
    bookend                        32 bytes of 0xff
    xorb     hash, flags, count    then `count` chunks; the server knows them from the xorbs themselves
    bookend                        and perhaps a footer, which says where the sections begin

Source: the Xet protocol specification, "Shard".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from localhub.errors import bad_request
from localhub.xet.merkle import HASH_BYTES, hash_text
from localhub.xet.xorb import MAX_CHUNKS

MAX_SHARD_BYTES = 64 * 1024 * 1024
MAX_TERMS = 250_000  # 500 GB in runs of 2 MB
RECORD_BYTES = 48

_TAG = bytes.fromhex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9")
_VERSION = 2
_FOOTER_BYTES = 200
_BOOKEND = b"\xff" * HASH_BYTES
_HEADER = struct.Struct("<32sQQ")
_BLOCK = struct.Struct("<32sII8x")
_TERM = struct.Struct("<32sIIII")
_HASH = struct.Struct("<32s16x")
_WITH_RANGE_HASHES = 1 << 31
_WITH_SHA256 = 1 << 30


class Term(NamedTuple):
    """A part of a file: the chunks [start, end) of a xorb, `size` bytes when unpacked."""

    xorb: bytes
    size: int
    start: int
    end: int


class ShardFile(NamedTuple):
    """A file: its Xet hash, its terms in order, a range hash for each of them or none at all, and its SHA-256 if it came."""

    hash: bytes
    terms: tuple[Term, ...]
    range_hashes: tuple[bytes, ...]
    sha256: str | None


def read_shard(stream: BinaryIO, size: int) -> list[ShardFile]:
    """The files of a shard of `size` bytes. Raises: HubError 400 for one that does not keep to the format."""
    records = _Records(stream, size)
    tag, version, footer_bytes = _HEADER.unpack(records.take())
    if tag != _TAG or version != _VERSION or footer_bytes not in (0, _FOOTER_BYTES):
        raise bad_request("Not a shard of version 2")
    files = list(_files(records))
    _skip_xorbs(records)
    if records.rest not in (0, _FOOTER_BYTES):
        raise bad_request("A shard ends with its second bookend or with a footer of 200 bytes")
    return files


def pack_terms(terms: tuple[Term, ...]) -> bytes:
    """48 bytes a term, as in a shard."""
    return b"".join(_TERM.pack(term.xorb, 0, term.size, term.start, term.end) for term in terms)


def unpack_terms(data: bytes) -> tuple[Term, ...]:
    """The reverse of `pack_terms`."""
    return tuple(Term(xorb, size, start, end) for xorb, _, size, start, end in _TERM.iter_unpack(data))


class _Records:
    """Records one after the other, never past the end."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self.rest = size

    def take(self, count: int = 1) -> bytes:
        size = count * RECORD_BYTES
        data = self._stream.read(size) if size <= self.rest else b""
        if len(data) != size:
            raise bad_request("A shard ends in the middle of a record")
        self.rest -= size
        return data


def _files(records: _Records) -> Iterator[ShardFile]:
    room = MAX_TERMS
    while (block := _BLOCK.unpack(records.take()))[0] != _BOOKEND:
        name, flags, count = block
        room -= count
        if flags & ~(_WITH_RANGE_HASHES | _WITH_SHA256) or count == 0 or room < 0:
            raise bad_request(f"A file in a shard has 1 to {MAX_TERMS} terms, all files together, and no flags but 30 and 31")
        terms = unpack_terms(records.take(count))
        for term in terms:
            _check(term)
        range_hashes = records.take(count) if flags & _WITH_RANGE_HASHES else b""
        sha256 = hash_text(*_HASH.unpack(records.take())) if flags & _WITH_SHA256 else None
        yield ShardFile(name, terms, tuple(value for (value,) in _HASH.iter_unpack(range_hashes)), sha256)


def _check(term: Term) -> None:
    if not 0 <= term.start < term.end <= MAX_CHUNKS or term.size == 0:
        raise bad_request(f"A term of a file has one to {MAX_CHUNKS} chunks, and at least one byte")


def _skip_xorbs(records: _Records) -> None:
    while (block := _BLOCK.unpack(records.take()))[0] != _BOOKEND:
        if block[2] > MAX_CHUNKS:
            raise bad_request(f"A xorb in a shard has at most {MAX_CHUNKS} chunks")
        records.take(block[2])
