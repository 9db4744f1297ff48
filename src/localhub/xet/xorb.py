"""A xorb: chunks of files, one after the other, each with a header of 8 bytes and packed in one of three ways.

    0  version, 0        1  3 bytes: packed size
    4  packing           5  3 bytes: unpacked size        8  the packed bytes

Older clients send a footer after the chunks, which says again what the chunks say; it is measured, and not kept.
Source: the Xet protocol specification, "Xorb".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import lz4.frame

from localhub.errors import HubError, bad_request
from localhub.xet.merkle import HASH_BYTES

MAX_XORB_BYTES = 65 * 1024 * 1024  # 64 MiB of chunks, and room for what stands around them
MAX_CHUNK_BYTES = 128 * 1024
MAX_CHUNKS = 8192
HEADER_BYTES = 8

_STORED, _LZ4, _GROUPED_LZ4 = range(3)
_GROUPS = 4
_FOOTER = b"XETBLOB"
_FOOTER_BYTES = 96
_FOOTER_BYTES_PER_CHUNK = HASH_BYTES + 2 * 4


class Chunk(NamedTuple):
    """One chunk: its bytes as they were in the file, and where it ends in the xorb, in bytes from the start."""

    data: bytes
    end: int


def read_chunks(stream: BinaryIO, size: int) -> Iterator[Chunk]:
    """Read `size` bytes of xorb, one chunk in memory at a time.

    Raises: HubError 400 for a chunk that does not keep to the format or to its own header, for no chunk, too many, and for bytes
    after the last that are no footer.
    """
    end = count = 0
    while end < size:
        header = _exactly(stream, min(HEADER_BYTES, size - end))
        if header.startswith(_FOOTER):
            _check_footer(size - end, count)
            break
        count += 1
        if count > MAX_CHUNKS:
            raise bad_request(f"A xorb has at most {MAX_CHUNKS} chunks")
        data, packed_bytes = read_chunk(stream, header, size - end)
        end += HEADER_BYTES + packed_bytes
        yield Chunk(data, end)
    if count == 0:
        raise bad_request("A xorb has at least one chunk")


def read_chunk(stream: BinaryIO, header: bytes, room: int = MAX_XORB_BYTES) -> tuple[bytes, int]:
    """The chunk whose header was read, unpacked, and how many bytes it was packed into.

    room: bytes left for header and chunk. Raises: HubError 400.
    """
    if len(header) < HEADER_BYTES or header[0] != 0:
        raise bad_request("A chunk begins with a header of 8 bytes, the first of them 0")
    packed_bytes = int.from_bytes(header[1:4], "little")
    size = int.from_bytes(header[5:8], "little")
    if not 0 < size <= MAX_CHUNK_BYTES or packed_bytes > min(2 * MAX_CHUNK_BYTES, room - HEADER_BYTES):
        raise bad_request(f"A chunk has 1 to {MAX_CHUNK_BYTES} bytes, and what it is packed into ends inside the xorb")
    return _unpacked(_exactly(stream, packed_bytes), header[4], size), packed_bytes


def _unpacked(packed: bytes, packing: int, size: int) -> bytes:
    if packing == _STORED:
        data = packed
    elif packing == _LZ4:
        data = _unpacked_lz4(packed, size)
    elif packing == _GROUPED_LZ4:
        data = _ungrouped(_unpacked_lz4(packed, size))
    else:
        raise bad_request(f"Unknown packing {packing} of a chunk. Allowed: 0 stored, 1 LZ4, 2 grouped LZ4")
    if len(data) != size:
        raise bad_request(f"A chunk says it has {size} bytes, and has {len(data)}")
    return data


def _unpacked_lz4(packed: bytes, size: int) -> bytes:
    """Never more than `size` + 1 bytes, whatever the frame holds."""
    frame = lz4.frame.LZ4FrameDecompressor()
    try:
        data: bytes = frame.decompress(packed, size + 1)
    except (RuntimeError, ValueError, EOFError, MemoryError) as error:
        raise bad_request("A chunk is not the LZ4 frame it says it is") from error
    if not frame.eof or frame.unused_data:
        raise bad_request("A chunk is not one LZ4 frame of the size it says")
    return data


def _ungrouped(grouped: bytes) -> bytes:
    """First all bytes at positions 0, 4, 8, ..., then those at 1, 5, 9, ... -> the bytes in order."""
    data = bytearray(len(grouped))
    start = 0
    for group in range(_GROUPS):
        length = len(data[group::_GROUPS])
        data[group::_GROUPS] = grouped[start : start + length]
        start += length
    return bytes(data)


def _check_footer(size: int, chunks: int) -> None:
    if size != _FOOTER_BYTES + chunks * _FOOTER_BYTES_PER_CHUNK:
        raise bad_request("The footer of a xorb does not have the size that its chunks ask for")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise HubError(400, "A xorb ends in the middle of a chunk")
    return data
