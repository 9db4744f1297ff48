"""Xet formats: shards and xorbs, read and checked."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import lz4.frame

from localhub.blobs import TemporaryFile
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


MAX_XORB_BYTES = 65 * 1024 * 1024  # 64 MiB of chunks, and their headers
MAX_CHUNK_BYTES = 128 * 1024
HEADER_BYTES = 8

_STORED, _LZ4, _GROUPED_LZ4 = range(3)
_GROUPS = 4


class Xorbs:
    def __init__(self, root: Path) -> None:
        self._root = root / "xorbs"
        self._tmp = root / "tmp"
        for folder in (self._root, self._tmp):
            folder.mkdir(parents=True, exist_ok=True)

    def incoming(self) -> TemporaryFile:
        """Start an upload; a context manager."""
        return TemporaryFile(self._tmp)

    def keep(self, incoming: TemporaryFile, repository: int, name: str) -> None:
        """Keep an upload as a xorb of a repository."""
        incoming.sync()
        incoming.move_into_place(self._path(repository, name))

    def read(self, repository: int, term: Term) -> Iterator[bytes]:
        """The chunks of a term, unpacked, one in memory at a time. Raises: HubError 400 for a missing or malformed xorb."""
        left = term.size
        try:
            stream = self._path(repository, term.xorb).open("rb")
        except FileNotFoundError as error:
            raise bad_request(f"The xorb {term.xorb} was not uploaded") from error
        with stream:
            for index in range(term.end):
                header = _exactly(stream, HEADER_BYTES)
                packed_bytes = int.from_bytes(header[1:4], "little")
                if index < term.start:
                    stream.seek(packed_bytes, 1)
                    continue
                data = unpack(header, _exactly(stream, packed_bytes))
                left -= len(data)
                yield data
        if left:
            raise bad_request("The size of a term is not that of its chunks")

    def _path(self, repository: int, name: str) -> Path:
        return self._root / str(repository) / name


def unpack(header: bytes, packed: bytes) -> bytes:
    """A chunk as it was in the file. Raises: HubError 400 for a malformed one."""
    size, packing = int.from_bytes(header[5:8], "little"), header[4]
    if header[0] != 0 or not 0 < size <= MAX_CHUNK_BYTES or len(packed) > 2 * MAX_CHUNK_BYTES:
        raise bad_request(f"A chunk has version 0 and 1 to {MAX_CHUNK_BYTES} bytes")
    if packing == _STORED:
        data = packed
    elif packing == _LZ4:
        data = _unpack_lz4(packed, size)
    elif packing == _GROUPED_LZ4:
        data = _ungrouped(_unpack_lz4(packed, size))
    else:
        raise bad_request(f"Unknown packing {packing} of a chunk. Allowed: 0 stored, 1 LZ4, 2 grouped LZ4")
    if len(data) != size:
        raise bad_request(f"A chunk has {len(data)} bytes, not {size} as in its header")
    return data


def _unpack_lz4(packed: bytes, size: int) -> bytes:
    """At most `size` + 1 bytes, whatever the frame holds."""
    frame = lz4.frame.LZ4FrameDecompressor()
    try:
        data: bytes = frame.decompress(packed, size + 1)
    except (RuntimeError, ValueError, EOFError, MemoryError) as error:
        raise bad_request("A chunk is not an LZ4 frame") from error
    if not frame.eof or frame.unused_data:
        raise bad_request("A chunk is not one LZ4 frame of the size it says")
    return data


def _ungrouped(grouped: bytes) -> bytes:
    """Bytes at positions 0, 4, 8, ..., then at 1, 5, 9, ... -> the bytes in order."""
    data = bytearray(len(grouped))
    start = 0
    for group in range(_GROUPS):
        length = len(data[group::_GROUPS])
        data[group::_GROUPS] = grouped[start : start + length]
        start += length
    return bytes(data)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise bad_request("A xorb ends in the middle of a chunk, or has fewer chunks than a term names")
    return data
