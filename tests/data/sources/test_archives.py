"""Archives: hostile and broken ones are refused whole; sound ones give every regular file once."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import ArchiveError
from seedbed.data.sources import archive_reading
from seedbed.data.sources.base import blob_swhid

BIG_BLOB = "24c7b14e07dd65c70ee6eca8c7867a7b5c2857dd"  # git hash-object's word for 2,000 times x
CAPS = Archives(max_files=100, max_bytes=10_000_000, max_ratio=2000)


def make_tar(path: Path, members: dict[str, bytes], mode: str = "w:gz", *links: tuple[str, str, bytes]) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target, kind in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return path


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def contents(path: Path, max_bytes: int = 1000) -> dict[str, bytes | None]:
    archive_reading.survey(path, CAPS)
    return {file.path: file.data for file in archive_reading.files(path, max_bytes, strip_top=True)}


FILES = {"p-1/a.py": b"a = 1\n", "p-1/src/b.c": b"int b;\n"}


@pytest.mark.parametrize(
    ("name", "mode"),
    [("p.tar", "w"), ("p.tar.gz", "w:gz"), ("p.tgz", "w:gz"), ("p.tar.bz2", "w:bz2"), ("p.tar.xz", "w:xz")],
)
def test_every_tar_kind_gives_its_files_below_the_top_folder(tmp_path: Path, name: str, mode: str) -> None:
    assert contents(make_tar(tmp_path / name, FILES, mode)) == {"a.py": b"a = 1\n", "src/b.c": b"int b;\n"}


def test_zstd_tar_is_read(tmp_path: Path) -> None:
    plain = make_tar(tmp_path / "plain.tar", FILES, "w").read_bytes()
    path = tmp_path / "p.tar.zst"
    path.write_bytes(zstandard.compress(plain))

    assert contents(path) == {"a.py": b"a = 1\n", "src/b.c": b"int b;\n"}


def test_zip_is_read(tmp_path: Path) -> None:
    assert contents(make_zip(tmp_path / "p.zip", FILES)) == {"a.py": b"a = 1\n", "src/b.c": b"int b;\n"}


def test_without_a_single_top_folder_paths_stay_whole(tmp_path: Path) -> None:
    assert set(contents(make_zip(tmp_path / "p.zip", {"a/x.py": b"1", "b.py": b"2"}))) == {"a/x.py", "b.py"}


@pytest.mark.parametrize("name", ["../evil.py", "/etc/passwd", "a/../../b.py", "C:\\evil.py", "..\\evil.py"])
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_path_outside_the_archive_refuses_it_whole(tmp_path: Path, name: str, kind: str) -> None:
    make = make_zip if kind == "zip" else make_tar
    path = make(tmp_path / ("p.zip" if kind == "zip" else "p.tar.gz"), {"ok.py": b"1", name: b"2"})

    with pytest.raises(ArchiveError, match="points outside"):
        archive_reading.survey(path, CAPS)


def test_links_and_devices_are_passed_over_and_counted(tmp_path: Path) -> None:
    links = [("p/l", "/etc/passwd", tarfile.SYMTYPE), ("p/d", "", tarfile.CHRTYPE)]
    path = make_tar(tmp_path / "p.tar.gz", {"p/a.py": b"1"}, "w:gz", *links)

    found = archive_reading.survey(path, CAPS)

    assert found.skipped == {"link": 1, "special_file": 1}
    assert found.links == {"l": "/etc/passwd"}
    assert contents(path) == {"a.py": b"1"}


def test_a_hard_link_is_the_file_it_links_to(tmp_path: Path) -> None:
    links = [("p/LICENSE", "p/./legal.txt", tarfile.LNKTYPE), ("p/COPYING", "p/LICENSE", tarfile.LNKTYPE)]
    path = make_tar(tmp_path / "p.tar", {"p/legal.txt": b"GPL", "p/a.py": b"1"}, "w", *links)

    assert archive_reading.survey(path, CAPS).files == 4
    assert contents(path) == {"legal.txt": b"GPL", "a.py": b"1", "LICENSE": b"GPL", "COPYING": b"GPL"}


@pytest.mark.parametrize("target", ["p/missing", "p/h", "p/l"])
def test_a_hard_link_to_no_file_is_a_link_that_leads_nowhere(tmp_path: Path, target: str) -> None:
    links = [("p/l", "a.py", tarfile.SYMTYPE), ("p/h", target, tarfile.LNKTYPE)]
    path = make_tar(tmp_path / "p.tar", {"p/a.py": b"1"}, "w", *links)

    assert archive_reading.survey(path, CAPS).links == {"l": "a.py", "h": f"/{target}"}
    assert contents(path) == {"a.py": b"1"}


def test_hard_links_count_against_the_caps(tmp_path: Path) -> None:
    links = [(f"p/{n}", "p/a", tarfile.LNKTYPE) for n in range(50)]
    path = make_tar(tmp_path / "p.tar", {"p/a": bytes(1000)}, "w", *links)

    with pytest.raises(ArchiveError, match="max_bytes"):
        archive_reading.survey(path, Archives(max_files=100, max_bytes=40_000, max_ratio=100))


def test_a_zip_link_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("a.py", "1")

    assert archive_reading.survey(path, CAPS).skipped == {"link": 1}
    assert archive_reading.survey(path, CAPS).links == {"link": "/etc/passwd"}


@pytest.mark.parametrize("kind", ["tar", "zip"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_a_name_given_twice_the_last_counts_as_in_unpacking(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"p.{kind}"
    members = [("a.py", b"first"), ("b.py", b"b"), ("./a.py", b"second")]
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members:
                archive.writestr(name, data)
    else:
        with tarfile.open(path, "w") as archive:
            for name, data in members:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))

    found = archive_reading.survey(path, CAPS)

    assert found.skipped == {"duplicate_name": 1}
    assert (found.files, found.size_bytes) == (2, 7)
    assert [(file.path, file.data) for file in archive_reading.files(path, 99, strip_top=True)] == [
        ("b.py", b"b"),
        ("a.py", b"second"),
    ]


def test_a_hard_link_keeps_the_file_that_is_replaced_later(tmp_path: Path) -> None:
    path = tmp_path / "p.tar"
    with tarfile.open(path, "w") as archive:
        for name, data in (("a", b"old"), ("h", None), ("a", b"new")):
            info = tarfile.TarInfo(name)
            if data is None:
                info.type, info.linkname = tarfile.LNKTYPE, "a"
            info.size = len(data or b"")
            archive.addfile(info, io.BytesIO(data or b""))

    assert contents(path) == {"h": b"old", "a": b"new"}


def test_a_link_given_last_replaces_the_file(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar", {"p/LICENSE": b"MIT", "p/a.py": b"1"}, "w", ("p/LICENSE", "gpl", tarfile.SYMTYPE))

    assert archive_reading.survey(path, CAPS).links == {"LICENSE": "gpl"}
    assert contents(path) == {"a.py": b"1"}


def test_a_file_below_a_link_refuses_the_archive(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar", {"p/d/LICENSE": b"MIT"}, "w", ("p/d", "e", tarfile.SYMTYPE))

    with pytest.raises(ArchiveError, match="below a link"):
        archive_reading.survey(path, CAPS)


def test_backslashes_in_a_zip_part_folders(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "p.zip", {"p\\LICENSE": b"GPL", "p\\v\\a.py": b"1", "p\\empty\\": b""})

    assert contents(path) == {"LICENSE": b"GPL", "v/a.py": b"1"}


def test_one_path_written_in_several_ways_is_one_file(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar", {"p/a.py": b"1", "p/./a.py": b"2", "p//a.py": b"3"}, "w")

    assert archive_reading.survey(path, CAPS).skipped == {"duplicate_name": 2}
    assert contents(path) == {"a.py": b"3"}


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path, kind: str) -> None:
    make = make_zip if kind == "zip" else make_tar
    path = make(tmp_path / ("b.zip" if kind == "zip" else "b.tar.gz"), {"zeros": bytes(5_000_000)})

    with pytest.raises(ArchiveError, match="max_ratio"):
        archive_reading.survey(path, Archives(max_files=10, max_bytes=100_000_000, max_ratio=50))


def test_caps_on_files_and_bytes_hold(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar", {f"f{n}": b"x" * 100 for n in range(20)}, "w")

    with pytest.raises(ArchiveError, match="max_files"):
        archive_reading.survey(path, Archives(max_files=19, max_bytes=10_000, max_ratio=100))
    with pytest.raises(ArchiveError, match="max_bytes"):
        archive_reading.survey(path, Archives(max_files=20, max_bytes=1999, max_ratio=100))


@pytest.mark.parametrize("cut", [0, 10, 100, 200])
def test_a_cut_off_archive_is_a_clear_error(tmp_path: Path, cut: int) -> None:
    whole = make_tar(tmp_path / "w.tar.gz", {"a": b"".join(b"%d" % n for n in range(9999))}).read_bytes()
    path = tmp_path / "cut.tar.gz"
    path.write_bytes(whole[:cut])

    with pytest.raises(ArchiveError, match="cut.tar.gz"):
        archive_reading.survey(path, CAPS)


def test_a_zip_with_a_wrong_checksum_is_a_clear_error(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "p.zip", {"a.py": b"print('hello, world')\n" * 50})
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(bytes(data))

    with pytest.raises(ArchiveError, match="p.zip"):
        archive_reading.survey(path, CAPS)


def test_a_file_above_the_limit_comes_without_data(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar", {"big": b"x" * 2000}, "w")

    (file,) = archive_reading.files(path, 1999, strip_top=True)

    assert (file.size_bytes, file.data) == (2000, None)
    assert file.swhid == blob_swhid(2000, b"x" * 2000) == "swh:1:cnt:" + BIG_BLOB


def test_a_name_that_is_no_text_is_escaped(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "p.tar", {"\udce9t\udce9.py": b"1"}, "w")

    assert list(contents(path)) == ["\\xe9t\\xe9.py"]
