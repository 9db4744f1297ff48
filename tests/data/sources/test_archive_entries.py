"""Tars are whole or refused: no damage ends one early in silence, and nothing in one grows past the caps."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from seedbed.core.errors import ArchiveError
from seedbed.data.sources import archive_reading
from tests.data.sources.test_archives import CAPS, make_tar

FILES = {f"p/{number}.py": b"x = %d\n" % number * 100 for number in range(9)}
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


@pytest.fixture
def plain(tmp_path: Path) -> bytes:
    return make_tar(tmp_path / "plain.tar", FILES, "w").read_bytes()


def survey(path: Path, data: bytes) -> archive_reading.Survey:
    path.write_bytes(data)
    return archive_reading.survey(path, CAPS)


@pytest.mark.parametrize("kind", COMPRESSORS)
def test_several_compressed_streams_in_a_row_are_one_tar(plain: bytes, tmp_path: Path, kind: str) -> None:
    compress = COMPRESSORS[kind]

    found = survey(tmp_path / f"p.tar.{kind}", compress(plain[:3000]) + compress(plain[3000:]))

    assert found.files == len(FILES)


@pytest.mark.parametrize("kind", ["", *COMPRESSORS])
@pytest.mark.parametrize("length", [4 * 1536, 4 * 1536 + 100, 4 * 1536 + 700], ids=["member", "header", "data"])
def test_a_tar_without_its_end_is_refused(plain: bytes, tmp_path: Path, kind: str, length: int) -> None:
    cut = COMPRESSORS.get(kind, bytes)(plain[:length])

    with pytest.raises(ArchiveError, match="broken archive"):
        survey(tmp_path / f"p.tar.{kind}".rstrip("."), cut)


def test_a_damaged_header_is_refused(plain: bytes, tmp_path: Path) -> None:
    damaged = bytearray(plain)
    damaged[4 * 1536 + 3] ^= 1

    with pytest.raises(ArchiveError, match="at byte 6,144"):
        survey(tmp_path / "p.tar", bytes(damaged))


@pytest.mark.parametrize("place", [-8, -1], ids=["checksum", "length"])
def test_a_gzip_trailer_that_does_not_fit_is_refused(plain: bytes, tmp_path: Path, place: int) -> None:
    damaged = bytearray(gzip.compress(plain))
    damaged[place] ^= 1

    with pytest.raises(ArchiveError, match="broken archive"):
        survey(tmp_path / "p.tar.gz", bytes(damaged))


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_header_that_swells_is_refused(tmp_path: Path, kind: bytes) -> None:
    swollen = tarfile.TarInfo("p/name")
    swollen.type, swollen.size = kind, 8 << 20

    with pytest.raises(ArchiveError, match="a header of 8,388,608 bytes"):
        survey(tmp_path / "p.tar.gz", gzip.compress(swollen.tobuf() + b"a" * swollen.size + bytes(1024)))


def test_members_of_unknown_kinds_count_against_the_caps(tmp_path: Path) -> None:
    odd = tarfile.TarInfo("p/odd")
    odd.type, odd.size = b"Z", 64 << 20
    stream = io.BytesIO()
    with gzip.open(stream, "wb") as packed:
        packed.write(odd.tobuf())
        packed.write(bytes(odd.size + 1024))

    with pytest.raises(ArchiveError, match="max_ratio|max_bytes"):
        survey(tmp_path / "p.tar.gz", stream.getvalue())
