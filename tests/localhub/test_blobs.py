from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from localhub.blobs import Blobs
from localhub.errors import HubError


def test_what_is_kept_is_found_under_its_hash(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)

    with blobs.incoming() as incoming:
        incoming.write(b"seed")
        incoming.write(b"bed")
        sha256 = incoming.keep()

    assert sha256 == hashlib.sha256(b"seedbed").hexdigest()
    assert blobs.path(sha256).read_bytes() == b"seedbed"
    assert blobs.size(sha256) == 7
    assert list((tmp_path / "tmp").iterdir()) == []


def test_other_bytes_than_announced_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)

    with blobs.incoming() as incoming:
        incoming.write(b"x")
        with pytest.raises(HubError, match="not 0{64}"):
            incoming.keep("0" * 64)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_not_kept_is_gone(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)

    with blobs.incoming() as incoming:
        incoming.write(b"x")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65, "a" * 63 + "\n", "a" * 64 + "\n"])
def test_only_a_hash_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(HubError) as problem:
        Blobs(tmp_path).path(name)

    assert problem.value.status == 400


def test_sweep_removes_what_a_killed_process_left(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "half").write_bytes(b"x")

    assert Blobs(tmp_path).sweep() == 1
    assert list((tmp_path / "tmp").iterdir()) == []
