"""NOTICE.md of tokens and models: the dataset's own, or the way to it."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.io.files import file_sha256
from seedbed.core.manifests.dataset import NOTICE_FILES
from seedbed.models.notices import MAX_COPY_BYTES, write_notice


def test_the_page_of_the_dataset_is_copied(tmp_path: Path) -> None:
    page, folder = tmp_path / "page.md", tmp_path / "model"
    page.write_bytes("# Notices\r\n© Ann\n".encode())
    folder.mkdir()

    is_copy = write_notice(folder, page, "ann/data")

    assert is_copy
    assert (folder / "NOTICE.md").read_bytes() == page.read_bytes()


def test_a_page_that_is_too_long_is_named_with_its_digest(tmp_path: Path) -> None:
    page, folder = tmp_path / "page.md", tmp_path / "model"
    page.write_bytes(b"x" * (MAX_COPY_BYTES + 1))
    folder.mkdir()

    is_copy = write_notice(folder, page, "ann/data", "0123abc")

    pointer = (folder / "NOTICE.md").read_text(encoding="utf-8")
    assert not is_copy
    assert file_sha256(page) in pointer
    assert all(words in pointer for words in ("ann/data", "0123abc", *NOTICE_FILES))


def test_a_dataset_on_a_hub_is_named_and_its_name_stays_a_name(tmp_path: Path) -> None:
    write_notice(tmp_path, None, "a`b\n# heading](x)")

    lines = (tmp_path / "NOTICE.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("#")] == ["# Notices"]
    assert "SHA-256" not in "\n".join(lines)
