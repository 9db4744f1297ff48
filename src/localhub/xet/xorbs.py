"""Xorbs on the disk: sequences of chunks of files, each with a header of 8 bytes and packed in one of three ways.

    0  version, 0        1  3 bytes: packed size
    4  packing           5  3 bytes: unpacked size        8  the packed bytes

root/xorbs/<repository>/<hash>    as they were sent; read when the shard of a file names their chunks

Source: the Xet protocol specification, "Xorb".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import lz4.frame

from localhub.blobs import TemporaryFile
from localhub.errors import bad_request
from localhub.xet.shard import Term

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
