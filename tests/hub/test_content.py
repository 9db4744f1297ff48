"""What of a folder is published, and what never is."""

import hashlib
from pathlib import Path

import pytest

from seedbed.errors import PublishError
from seedbed.hub import content
from tests.hub.folders import write


@pytest.mark.parametrize(
    "path", [".git/config", ".cache/x", ".env", "data/.hidden", "data/.cache/x", "__pycache__/a.pyc", "src/__pycache__/a.pyc"]
)
def test_hidden_files_and_caches_are_never_published(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"README.md": "# A", path: "x"})

    assert set(content.read(tmp_path).entries) == {"README.md"}


def test_results_of_evaluations_are_published_though_hidden(tmp_path: Path) -> None:
    write(tmp_path, {".eval_results/mbpp.yaml": "x", ".eval_results/.draft": "x"})

    assert set(content.read(tmp_path).entries) == {".eval_results/mbpp.yaml"}


def test_links_that_lead_outside_are_left_out_and_said_so(tmp_path: Path) -> None:
    write(tmp_path, {"secret.txt": "x", "outside/x.txt": "x", "folder/a.txt": "a"})
    folder = tmp_path / "folder"
    (folder / "file.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "inside.txt").symlink_to("a.txt")
    (folder / "dangling").symlink_to("nowhere")

    read = content.read(folder)

    assert set(read.entries) == {"a.txt", "inside.txt"}
    assert set(read.left_out) == {"file.txt", "up", "loop", "dangling"}
    assert "outside" in read.left_out["file.txt"]
    assert "outside" in read.left_out["up"]


def test_hashes_are_those_that_the_hub_keeps(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "hello\n"})
    on_disk = content.read(tmp_path)
    in_memory = on_disk.with_pages({"a.txt": b"hello\n"})

    for entry in (on_disk.entries["a.txt"], in_memory.entries["a.txt"]):
        assert entry.git_sha1 == "ce013625030ba8dba906f756967f9e9ca394464a"
        assert entry.sha256 == hashlib.sha256(b"hello\n").hexdigest()
        assert entry.size == 6


@pytest.mark.parametrize("name", ["nowhere", "empty", "file"])
def test_a_folder_without_anything_to_publish_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")

    with pytest.raises(PublishError, match=name):
        content.read(tmp_path / name)
