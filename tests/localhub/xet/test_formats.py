"""Chunks and shards as hf_xet sends them, and every way of breaking them."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import lz4.frame
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localhub.errors import HubError
from localhub.xet.shard import MAX_BYTES, MAX_CHUNK_BYTES, MAX_CHUNKS, MAX_TERMS, ShardFile, Term, Xorbs, read_shard, unpack
from tests.localhub.xet.recorder import Upload

T = TypeVar("T")
Uploaded = tuple[dict[str, bytes], Upload]

QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAME = "0" * 64


@pytest.fixture(scope="session")
def xorbs(tmp_path_factory: pytest.TempPathFactory) -> Xorbs:
    return Xorbs(tmp_path_factory.mktemp("xorbs"))


def keep(xorbs: Xorbs, name: str, body: bytes) -> None:
    with xorbs.incoming() as incoming:
        incoming.write(body)
        xorbs.keep(incoming, 1, name)


def read_xorb(xorbs: Xorbs, body: bytes, size: int, end: int = 1) -> bytes:
    """The first chunks of a xorb, together."""
    keep(xorbs, NAME, body)
    return b"".join(xorbs.read(1, Term(NAME, size, 0, end)))


def files_of(body: bytes) -> list[ShardFile]:
    return read_shard(io.BytesIO(body), len(body))


def read_or_refused(read: Callable[[bytes], T], body: bytes) -> T | None:
    """None for what is refused as the client's mistake; any other error passes through and fails the test."""
    try:
        return read(body)
    except HubError as error:
        if error.status != 400:
            raise
        return None


def chunk(data: bytes, packing: int = 0, packed: bytes | None = None, size: int | None = None, version: int = 0) -> bytes:
    packed = data if packed is None else packed
    size = len(data) if size is None else size
    return bytes([version]) + len(packed).to_bytes(3, "little") + bytes([packing]) + size.to_bytes(3, "little") + packed


def test_what_hf_xet_sends_is_read_back_as_the_files(tmp_path: Path, uploaded: Uploaded) -> None:
    files, upload = uploaded
    xorbs = Xorbs(tmp_path)
    for name, body in upload.xorbs.items():
        keep(xorbs, name, body)

    sent = [file for body in upload.shards for file in files_of(body)]

    contents = {file.sha256: b"".join(data for term in file.terms for data in xorbs.read(1, term)) for file in sent}
    assert contents == {hashlib.sha256(data).hexdigest(): data for data in files.values()}


def packings(body: bytes) -> set[int]:
    """How the chunks of a xorb are packed."""
    seen, at = set(), 0
    while at < len(body) and body[at] == 0:
        seen.add(body[at + 4])
        at += 8 + int.from_bytes(body[at + 1 : at + 4], "little")
    return seen


def test_the_sample_has_chunks_packed_in_all_three_ways(uploaded: Uploaded) -> None:
    assert set().union(*map(packings, uploaded[1].xorbs.values())) == {0, 1, 2}


def mutated(data: st.DataObject, body: bytes) -> bytes:
    """Bytes of a body changed, cut out, repeated, or cut off at the end; mostly near the beginning, where the structure is."""
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)) | st.integers(0, min(len(body), 400)))
        length = data.draw(st.sampled_from([0, 1, 4, 8, 48, len(body)]))
        body = body[:at] + data.draw(st.binary(max_size=8) | st.just(body[at : at + 48])) + body[at + length :]
    return body


@QUIET
@given(data=st.data())
def test_a_broken_xorb_is_refused_or_read_never_anything_else(xorbs: Xorbs, uploaded: Uploaded, data: st.DataObject) -> None:
    _, upload = uploaded
    body = mutated(data, data.draw(st.sampled_from(sorted(upload.xorbs.values()))))

    parts = read_or_refused(lambda body: read_xorb(xorbs, body, 1000, 3), body)

    assert parts is None or len(parts) == 1000


@QUIET
@given(data=st.data())
def test_a_broken_shard_is_refused_or_read_never_anything_else(uploaded: Uploaded, data: st.DataObject) -> None:
    _, upload = uploaded
    body = mutated(data, data.draw(st.sampled_from(upload.shards)))

    files = read_or_refused(files_of, body)

    assert files is None or all(file.terms and len(file.sha256) == 64 for file in files)


@QUIET
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read_never_anything_else(xorbs: Xorbs, body: bytes) -> None:
    parts = read_or_refused(lambda body: read_xorb(xorbs, body, 8), body)
    files = read_or_refused(files_of, body)

    assert parts is None or len(parts) == 8
    assert files is None or len(body) >= 48 * (1 + len(files))


FRAME = lz4.frame.compress(b"x" * 1000)


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"", 1),
        (b"\0", 1),
        (chunk(b""), 1),
        (chunk(b"seed")[:-1], 4),
        (chunk(b"seed"), 3),
        (chunk(b"seed"), 5),
        (chunk(b"seed", version=1), 4),
        (chunk(b"seed", packing=3), 4),
        (chunk(b"seed", size=5), 5),
        (chunk(b"seed", size=3), 3),
        (chunk(b"x" * (MAX_CHUNK_BYTES + 1)), MAX_CHUNK_BYTES + 1),
        (chunk(b"", packing=1, packed=b"no frame", size=8), 8),
        (chunk(b"", packing=1, packed=FRAME[:-5], size=1000), 1000),
        (chunk(b"", packing=1, packed=FRAME + b"x", size=1000), 1000),
        (chunk(b"", packing=1, packed=FRAME, size=999), 999),
        (chunk(b"", packing=2, packed=FRAME, size=1001), 1001),
    ],
)
def test_what_is_no_chunk_is_refused(xorbs: Xorbs, body: bytes, size: int) -> None:
    with pytest.raises(HubError) as refused:
        read_xorb(xorbs, body, size)

    assert refused.value.status == 400


def test_a_chunk_that_a_xorb_does_not_have_is_refused(xorbs: Xorbs) -> None:
    with pytest.raises(HubError) as refused:
        read_xorb(xorbs, chunk(b"seed"), 8, end=2)

    assert refused.value.status == 400


def test_the_footer_of_older_clients_is_left_out(xorbs: Xorbs) -> None:
    body = chunk(b"seed") + b"XETBLOB\1" + bytes(96 + 40 - 8)

    assert read_xorb(xorbs, body, 4) == b"seed"


def test_a_frame_that_unpacks_to_much_more_than_it_says_is_never_unpacked() -> None:
    bomb = lz4.frame.compress(bytes(200_000_000))
    assert len(bomb) > 2 * MAX_CHUNK_BYTES  # so that a chunk cannot even carry it
    small_bomb = lz4.frame.compress(bytes(40_000_000))
    header = chunk(b"", packing=1, packed=small_bomb, size=MAX_CHUNK_BYTES)[:8]

    with pytest.raises(HubError, match="not one LZ4 frame of the size it says"):
        unpack(header, small_bomb)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 4096, 4099])
def test_grouped_bytes_come_back_in_order(xorbs: Xorbs, size: int) -> None:
    data = bytes(number * 7 % 251 for number in range(size))
    packed = lz4.frame.compress(b"".join(data[group::4] for group in range(4)))

    assert read_xorb(xorbs, chunk(data, packing=2, packed=packed), size) == data


HEADER = bytes.fromhex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9") + struct.pack("<QQ", 2, 0)
BOOKEND = b"\xff" * 32 + bytes(16)
SHA256 = 1 << 30


def file_block(flags: int = SHA256, count: int = 1) -> bytes:
    return bytes(32) + struct.pack("<II8x", flags, count)


def term(size: int = 4, start: int = 0, end: int = 1) -> bytes:
    return bytes(32) + struct.pack("<IIII", 0, size, start, end)


def test_a_shard_of_one_file_and_no_xorbs_is_read() -> None:
    body = HEADER + file_block() + term() + bytes(48) + BOOKEND + BOOKEND

    assert files_of(body) == [ShardFile((Term("0" * 64, 4, 0, 1),), "0" * 64)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        HEADER,
        b"x" + HEADER[1:] + BOOKEND + BOOKEND,
        HEADER[:32] + struct.pack("<QQ", 3, 0) + BOOKEND + BOOKEND,
        HEADER + file_block(count=0) + bytes(48) + BOOKEND + BOOKEND,
        HEADER + file_block(count=2**32 - 1) + term() + BOOKEND + BOOKEND,
        HEADER + file_block(flags=0) + term() + BOOKEND + BOOKEND,
        HEADER + file_block(flags=SHA256 | 1) + term() + bytes(48) + BOOKEND + BOOKEND,
        HEADER + file_block(flags=SHA256 | 1 << 31) + term() + BOOKEND,
        HEADER + file_block() + term(size=0) + bytes(48) + BOOKEND + BOOKEND,
        HEADER + file_block() + term(start=1, end=1) + bytes(48) + BOOKEND + BOOKEND,
        HEADER + file_block() + term(start=2, end=1) + bytes(48) + BOOKEND + BOOKEND,
        HEADER + file_block() + term(end=MAX_CHUNKS + 1) + bytes(48) + BOOKEND + BOOKEND,
        HEADER + (file_block(count=MAX_TERMS // 2) + term() * (MAX_TERMS // 2) + bytes(48)) * 3 + BOOKEND + BOOKEND,
        HEADER + (file_block(count=200) + term(size=2**32 - 1) * 200 + bytes(48)) * (MAX_BYTES // (200 * 2**32) + 1) + BOOKEND,
    ],
)
def test_what_is_no_shard_is_refused(body: bytes) -> None:
    with pytest.raises(HubError) as refused:
        files_of(body)

    assert refused.value.status == 400
