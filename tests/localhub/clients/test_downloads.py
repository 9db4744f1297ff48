"""Files and whole snapshots, fresh, cached, offline and in part."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, get_session, hf_hub_url, snapshot_download

from tests.localhub.process import running_hub

FILES = {"a.txt": b"text\n", "deep/b.json": b"{}\n", "weights.bin": bytes(range(256)) * 40}


def fill(repo: str, files: dict[str, bytes] = FILES) -> str:
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    return HfApi().create_commit(repo, operations, commit_message="fill").oid


def content(folder: str | Path) -> dict[str, bytes]:
    found = (path for path in Path(folder).rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path.name != ".gitattributes"}


def test_a_snapshot_has_every_file(model: str) -> None:
    fill(model)

    folder = snapshot_download(model)

    assert content(folder) == FILES


def test_a_second_snapshot_is_the_first(model: str) -> None:
    commit = fill(model)
    first = snapshot_download(model)

    second = snapshot_download(model)

    assert second == first
    assert Path(second).name == commit


def test_a_new_commit_makes_a_new_snapshot(model: str) -> None:
    fill(model)
    snapshot_download(model)
    fill(model, {"a.txt": b"changed\n"})

    folder = snapshot_download(model)

    assert content(folder) == FILES | {"a.txt": b"changed\n"}


def test_a_snapshot_in_a_folder_of_ones_own(model: str, tmp_path: Path) -> None:
    fill(model)

    snapshot_download(model, local_dir=tmp_path)

    assert content(tmp_path) == FILES


def test_a_snapshot_of_some_patterns(model: str) -> None:
    fill(model)

    folder = snapshot_download(model, allow_patterns="*.json")

    assert list(content(folder)) == ["deep/b.json"]


def test_a_snapshot_of_a_tag(model: str) -> None:
    fill(model)
    HfApi().create_tag(model, tag="v1")
    fill(model, {"later.txt": b""})

    folder = snapshot_download(model, revision="v1")

    assert content(folder) == FILES


@pytest.mark.parametrize("private", [False, True])
def test_a_private_snapshot_has_every_file_too(model: str, private: bool) -> None:
    fill(model)
    HfApi().update_repo_settings(model, private=private)

    folder = snapshot_download(model)

    assert content(folder) == FILES


def test_a_cached_snapshot_is_there_when_the_hub_is_not(own_root: Path, tmp_path: Path) -> None:
    with running_hub(own_root) as hub:
        api = HfApi(endpoint=hub.url)
        api.create_repo("alice/cached")
        api.create_commit("alice/cached", [CommitOperationAdd(*file) for file in FILES.items()], commit_message="fill")
        api.snapshot_download("alice/cached", cache_dir=tmp_path / "cache")

    code = (
        f"import huggingface_hub; print(huggingface_hub.snapshot_download('alice/cached', cache_dir={str(tmp_path / 'cache')!r}))"
    )
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": hub.url}
    done = subprocess.run([sys.executable, "-c", code], env=offline, capture_output=True, text=True, check=True)

    assert content(done.stdout.strip()) == FILES


@pytest.mark.parametrize("path", ["a.txt", "weights.bin"])
@pytest.mark.parametrize(
    ("range_", "expected"), [("bytes=1-3", slice(1, 4)), ("bytes=2-", slice(2, None)), ("bytes=-2", slice(-2, None))]
)
def test_a_range_is_that_part_of_the_file(model: str, path: str, range_: str, expected: slice) -> None:
    fill(model)

    answer = get_session().get(hf_hub_url(model, path), headers={"Range": range_}, follow_redirects=True)

    assert (answer.status_code, answer.content) == (206, FILES[path][expected])


@pytest.mark.parametrize("path", ["a.txt", "weights.bin"])
def test_a_range_beyond_the_end_is_refused(model: str, path: str) -> None:
    fill(model)

    answer = get_session().get(hf_hub_url(model, path), headers={"Range": "bytes=99999-"}, follow_redirects=True)

    assert answer.status_code == 416


def test_the_token_is_not_sent_to_where_large_files_are(model: str) -> None:
    fill(model)

    answer = get_session().get(hf_hub_url(model, "weights.bin"), headers=HfApi()._build_hf_headers(), follow_redirects=True)

    assert answer.history
    assert "authorization" not in answer.request.headers
