"""Xorbs and shards as hf_xet sends them, and every way of breaking them."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable
from typing import TypeVar

import lz4.frame
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localhub.errors import HubError
from localhub.xet.merkle import text_hash
from localhub.xet.shard import MAX_TERMS, ShardFile, pack_terms, read_shard, unpack_terms
from localhub.xet.xorb import MAX_CHUNK_BYTES, MAX_CHUNKS, Chunk, read_chunks
from tests.localhub.xet.recorder import Upload

T = TypeVar("T")
Uploaded = tuple[dict[str, bytes], Upload]

QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def chunks_of(body: bytes) -> list[Chunk]:
    return list(read_chunks(io.BytesIO(body), len(body)))


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


def test_what_hf_xet_sends_is_read_back_as_the_files(uploaded: Uploaded) -> None:
    files, upload = uploaded
    chunks = {text_hash(name): chunks_of(body) for name, body in upload.xorbs.items()}

    found = [file for body in upload.shards for file in files_of(body)]

    contents = {
        file.sha256: b"".join(part.data for term in file.terms for part in chunks[term.xorb][term.start : term.end])
        for file in found
    }
    assert contents == {hashlib.sha256(data).hexdigest(): data for data in files.values()}


def test_the_sample_has_chunks_packed_in_all_three_ways(uploaded: Uploaded) -> None:
    _, upload = uploaded

    packings = {body[start + 4] for body in upload.xorbs.values() for start in (0, *(part.end for part in chunks_of(body)[:-1]))}

    assert packings == {0, 1, 2}


def test_terms_are_packed_as_in_a_shard(uploaded: Uploaded) -> None:
    _, upload = uploaded
    file = files_of(upload.shards[0])[0]

    packed = pack_terms(file.terms)

    assert packed in upload.shards[0]
    assert unpack_terms(packed) == file.terms


def mutated(data: st.DataObject, body: bytes) -> bytes:
    """Bytes of a body changed, cut out, repeated, or cut off at the end; mostly near the beginning, where the structure is."""
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)) | st.integers(0, min(len(body), 400)))
        length = data.draw(st.sampled_from([0, 1, 4, 8, 48, len(body)]))
        body = body[:at] + data.draw(st.binary(max_size=8) | st.just(body[at : at + 48])) + body[at + length :]
    return body


@QUIET
@given(data=st.data())
def test_a_broken_xorb_is_refused_or_read_never_anything_else(uploaded: Uploaded, data: st.DataObject) -> None:
    _, upload = uploaded
    body = mutated(data, data.draw(st.sampled_from(sorted(upload.xorbs.values()))))

    parts = read_or_refused(chunks_of, body)

    assert parts is None or 0 < parts[-1].end <= len(body)
    assert parts is None or all(0 < len(part.data) <= MAX_CHUNK_BYTES for part in parts)


@QUIET
@given(data=st.data())
def test_a_broken_shard_is_refused_or_read_never_anything_else(uploaded: Uploaded, data: st.DataObject) -> None:
    _, upload = uploaded
    body = mutated(data, data.draw(st.sampled_from(upload.shards)))

    files = read_or_refused(files_of, body)

    assert files is None or all(file.terms and len(file.range_hashes) in (0, len(file.terms)) for file in files)


@QUIET
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read_never_anything_else(body: bytes) -> None:
    parts = read_or_refused(chunks_of, body)
    files = read_or_refused(files_of, body)

    assert parts is None or sum(len(part.data) > 0 for part in parts) == len(parts)
    assert files is None or len(body) >= 48 * (1 + len(files))


FRAME = lz4.frame.compress(b"x" * 1000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        chunk(b""),
        chunk(b"seed")[:-1],
        chunk(b"seed", version=1),
        chunk(b"seed", packing=3),
        chunk(b"seed", size=5),
        chunk(b"seed", size=3),
        chunk(b"x" * (MAX_CHUNK_BYTES + 1)),
        chunk(b"", packing=1, packed=b"no frame", size=8),
        chunk(b"", packing=1, packed=FRAME[:-5], size=1000),
        chunk(b"", packing=1, packed=FRAME + b"x", size=1000),
        chunk(b"", packing=1, packed=FRAME, size=999),
        chunk(b"", packing=2, packed=FRAME, size=1001),
        chunk(b"seed") + b"XETBLOB\1",
        chunk(b"s") * (MAX_CHUNKS + 1),
    ],
)
def test_what_is_no_xorb_is_refused(body: bytes) -> None:
    with pytest.raises(HubError) as refused:
        chunks_of(body)

    assert refused.value.status == 400


def test_the_footer_of_older_clients_is_left_out() -> None:
    body = chunk(b"seed")

    parts = chunks_of(body + b"XETBLOB\1" + bytes(96 + 40 - 8))

    assert parts == [Chunk(b"seed", len(body))]


def test_a_frame_that_unpacks_to_much_more_than_it_says_is_never_unpacked() -> None:
    bomb = lz4.frame.compress(bytes(200_000_000))
    assert len(bomb) > 2 * MAX_CHUNK_BYTES  # so that a chunk cannot even carry it
    small_bomb = lz4.frame.compress(bytes(40_000_000))

    with pytest.raises(HubError, match="not one LZ4 frame of the size it says"):
        chunks_of(chunk(b"", packing=1, packed=small_bomb, size=MAX_CHUNK_BYTES))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 4096, 4099])
def test_grouped_bytes_come_back_in_order(size: int) -> None:
    data = bytes(number * 7 % 251 for number in range(size))
    packed = lz4.frame.compress(b"".join(data[group::4] for group in range(4)))

    assert chunks_of(chunk(data, packing=2, packed=packed))[0].data == data


HEADER = bytes.fromhex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9") + struct.pack("<QQ", 2, 0)
BOOKEND = b"\xff" * 32 + bytes(16)


def file_block(flags: int = 0, count: int = 1) -> bytes:
    return bytes(32) + struct.pack("<II8x", flags, count)


def term(size: int = 4, start: int = 0, end: int = 1) -> bytes:
    return bytes(32) + struct.pack("<IIII", 0, size, start, end)


def test_a_shard_of_one_file_and_no_xorbs_is_read() -> None:
    body = HEADER + file_block() + term() + BOOKEND + BOOKEND

    files = files_of(body)

    assert [(file.sha256, len(file.terms), file.range_hashes) for file in files] == [(None, 1, ())]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        HEADER,
        HEADER + BOOKEND,
        b"x" + HEADER[1:] + BOOKEND + BOOKEND,
        HEADER[:32] + struct.pack("<QQ", 3, 0) + BOOKEND + BOOKEND,
        HEADER[:32] + struct.pack("<QQ", 2, 7) + BOOKEND + BOOKEND,
        HEADER + BOOKEND + BOOKEND + b"x",
        HEADER + file_block(count=0) + BOOKEND + BOOKEND,
        HEADER + file_block(count=2**32 - 1) + term() + BOOKEND + BOOKEND,
        HEADER + file_block(flags=1) + term() + BOOKEND + BOOKEND,
        HEADER + file_block(flags=1 << 31) + term() + BOOKEND,
        HEADER + file_block() + term(size=0) + BOOKEND + BOOKEND,
        HEADER + file_block() + term(start=1, end=1) + BOOKEND + BOOKEND,
        HEADER + file_block() + term(start=2, end=1) + BOOKEND + BOOKEND,
        HEADER + file_block() + term(end=MAX_CHUNKS + 1) + BOOKEND + BOOKEND,
        HEADER + BOOKEND + file_block(count=2) + term() + BOOKEND,
        HEADER + BOOKEND + file_block(count=MAX_CHUNKS + 1) + term() * (MAX_CHUNKS + 1) + BOOKEND,
        HEADER + (file_block(count=MAX_TERMS // 2) + term() * (MAX_TERMS // 2)) * 3 + BOOKEND + BOOKEND,
    ],
)
def test_what_is_no_shard_is_refused(body: bytes) -> None:
    with pytest.raises(HubError) as refused:
        files_of(body)

    assert refused.value.status == 400
