"""The `hf` command."""

import json
import subprocess
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi


def hf(*arguments: str | Path) -> str:
    done = subprocess.run(["hf", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hf_json(*arguments: str | Path) -> Any:
    return json.loads(hf(*arguments, "--json"))


def put(repo: str, path: str, content: bytes = b"content") -> None:
    HfApi().upload_file(path_or_fileobj=content, path_in_repo=path, repo_id=repo)


def test_whoami_names_user_and_organisation() -> None:
    said = hf("auth", "whoami")

    assert "alice" in said
    assert "acme" in said


def test_a_created_repository_exists(name: str) -> None:
    hf("repos", "create", name, "--type", "dataset", "--private")

    assert HfApi().dataset_info(name).private


def test_an_uploaded_folder_is_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.bin").write_bytes(b"\0" * 5000)

    hf("upload", name, tmp_path, "data", "--commit-message", "by hand")

    assert set(HfApi().list_repo_files(name)) == {".gitattributes", "data/a.txt", "data/b.bin"}


def test_a_downloaded_repository_has_every_file(model: str, tmp_path: Path) -> None:
    put(model, "a.txt", b"a")
    put(model, "deep/b.bin", b"\0b")

    hf("download", model, "--local-dir", tmp_path)

    assert ((tmp_path / "a.txt").read_bytes(), (tmp_path / "deep/b.bin").read_bytes()) == (b"a", b"\0b")


def test_a_downloaded_file_is_the_one_named(model: str, tmp_path: Path) -> None:
    put(model, "a.txt", b"a")
    put(model, "b.txt", b"b")

    hf("download", model, "b.txt", "--local-dir", tmp_path)

    assert [path.name for path in tmp_path.glob("*.txt")] == ["b.txt"]


def test_deleted_files_are_gone(model: str) -> None:
    put(model, "a.txt")
    put(model, "a.log")

    hf("repos", "delete-files", model, "*.log")

    assert HfApi().list_repo_files(model) == [".gitattributes", "a.txt"]


def test_tags_are_made_and_listed(model: str) -> None:
    hf("repos", "tag", "create", model, "v1.0.0")

    assert "v1.0.0" in hf("repos", "tag", "list", model)


def test_a_branch_is_made(model: str) -> None:
    hf("repos", "branch", "create", model, "side")

    assert HfApi().revision_exists(model, "side")


def test_the_files_of_a_repository_are_listed(model: str) -> None:
    put(model, "deep/a.txt")

    assert "deep/a.txt" in hf("models", "ls", model, "-R")


def test_the_info_of_a_repository_is_told(model: str) -> None:
    assert hf_json("models", "info", model)["id"] == model


def test_a_deleted_repository_is_gone(model: str) -> None:
    hf("repos", "delete", model, "--yes")

    assert not HfApi().repo_exists(model)


def test_a_file_is_copied_out_of_a_repository(model: str, tmp_path: Path) -> None:
    put(model, "a.txt", b"a")

    hf("cp", f"hf://{model}/a.txt", tmp_path / "copy.txt")

    assert (tmp_path / "copy.txt").read_bytes() == b"a"
