"""What of a folder is published, and what never is."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from seedbed.core.errors import PublishError
from seedbed.publishing.hub import content
from tests.publishing.hub.folders import write


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
    (folder / "itself").symlink_to("itself")

    read = content.read(folder)

    assert set(read.entries) == {"a.txt", "inside.txt"}
    assert set(read.left_out) == {"file.txt", "up", "loop", "dangling", "itself"}
    assert "outside" in read.left_out["file.txt"]
    assert "outside" in read.left_out["up"]


@pytest.mark.parametrize("hidden", [".env", ".git/config", "__pycache__/a.pyc"])
def test_a_link_to_a_hidden_file_does_not_publish_it(tmp_path: Path, hidden: str) -> None:
    write(tmp_path, {"README.md": "# A", hidden: "secret"})
    (tmp_path / "plain.txt").symlink_to(hidden)

    read = content.read(tmp_path)

    assert set(read.entries) == {"README.md"}
    assert "hidden" in read.left_out["plain.txt"]


@pytest.mark.parametrize("closed", ["data", "data/a.txt"])
def test_what_cannot_be_read_is_an_error_and_not_left_out(closed: str) -> None:
    with tempfile.TemporaryDirectory(prefix="seedbed-") as place:
        folder = write(Path(place), {"README.md": "# A", "data/a.txt": "x"})
        folder.chmod(0o755)
        (folder / closed).chmod(0)

        with unprivileged(), pytest.raises(PublishError, match=rf"{closed}: cannot be read: Permission denied"):
            content.read(folder)
        (folder / closed).chmod(0o755)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root may read everything, so it becomes somebody else."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("name", [b"a\\b.txt", b"a\nb.txt", b"a\x1b[31m.txt", b"a\xff.txt", b"a\x7f"])
def test_a_name_that_the_hub_would_refuse_is_refused_first_and_shown_escaped(tmp_path: Path, name: bytes) -> None:
    write(tmp_path, {"README.md": "# A"})
    (tmp_path / os.fsdecode(name)).write_text("x")

    with pytest.raises(PublishError, match="not a name for the Hub") as caught:
        content.read(tmp_path)

    assert str(caught.value).isascii()
    assert ascii(os.fsdecode(name))[1:-1] in str(caught.value)


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
