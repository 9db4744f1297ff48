"""Files and folders appear whole or not at all, whenever the process that writes them is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.core.io.files import new_folder, write_atomic

VERSIONS = """
import sys
from itertools import count
from pathlib import Path

from seedbed.core.io.files import new_folder, write_atomic

place = Path(sys.argv[1])
for version in count():
    write_atomic(place / "file", f"{version} " * 5000, durable=False)
    with new_folder(place / "folder") as draft:
        for name in range(20):
            (draft / str(name)).write_text(str(version))
            print(flush=True)
"""


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


names = st.text("abc", min_size=1, max_size=3)
contents = st.dictionaries(names, st.binary(max_size=20), max_size=4)


@given(versions=st.lists(st.tuples(contents, st.booleans()), min_size=1, max_size=5))
@settings(max_examples=50)
def test_a_folder_is_the_last_one_that_was_finished(versions: list[tuple[dict[str, bytes], bool]], tmp_path_factory) -> None:
    place = tmp_path_factory.mktemp("place") / "deep" / "folder"
    finished: dict[str, bytes] | None = None

    for files, fails in versions:
        try:
            with new_folder(place) as draft:
                fill(draft, files)
                if fails:
                    raise KeyboardInterrupt
            finished = files
        except KeyboardInterrupt:
            continue

    assert (files_of(place) if place.exists() else None) == finished
    assert [path for path in place.parent.iterdir() if path != place] == []


@given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=4))
def test_a_file_is_the_last_text_that_was_written(texts: list[str], tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("place") / "file"

    for text in texts:
        write_atomic(path, text)

    assert path.read_bytes() == texts[-1].encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_text_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        write_atomic(path, "\udcff")

    assert files_of(tmp_path) == {"file": b"old"}


@pytest.mark.parametrize("old", [None, "old"])
def test_the_old_folder_stays_while_the_new_one_is_written(tmp_path: Path, old: str | None) -> None:
    place = tmp_path / "folder"
    if old:
        place.mkdir()
        (place / "a").write_text(old)

    with new_folder(place) as draft:
        (draft / "a").write_text("new")
        during = files_of(place) if place.exists() else None

    assert during == ({"a": b"old"} if old else None)
    assert files_of(tmp_path) == {"folder/a": b"new"}


@pytest.mark.parametrize("left", [".folder.seedbed-draft", ".folder.seedbed-old"])
def test_what_a_killed_run_left_goes(tmp_path: Path, left: str) -> None:
    (tmp_path / left).mkdir()
    (tmp_path / left / "half").touch()
    (tmp_path / "folder").mkdir()

    with new_folder(tmp_path / "folder") as draft:
        (draft / "a").touch()

    assert files_of(tmp_path) == {"folder/a": b""}


def test_a_kill_within_the_swap_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / ".folder.seedbed-old").mkdir()
    (tmp_path / ".folder.seedbed-old" / "a").write_text("old")

    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "folder"):
        raise KeyboardInterrupt

    assert files_of(tmp_path) == {"folder/a": b"old"}


@pytest.mark.parametrize("lines", [1, 19, 20, 21, 40, 60, 110, 200])
def test_a_killed_process_leaves_whole_files_and_folders(tmp_path: Path, lines: int) -> None:
    with subprocess.Popen([sys.executable, "-c", VERSIONS, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    file, folder = tmp_path / "file", tmp_path / "folder"
    assert not file.exists() or len(set(file.read_text().split())) == 1
    assert not folder.exists() or (len(list(folder.iterdir())) == 20 and len(set(files_of(folder).values())) == 1)
