"""One file of 60 MiB: in parts through LFS, in chunks through Xet."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import HfApi, HfFileSystem, get_session, hf_hub_url

from tests.localhub.clients.worker import Worker

MEBIBYTE = 2**20
SIZE = 60 * MEBIBYTE


def write_random(path: Path, seed: str) -> str:
    """Bytes that do not compress and that no other test has sent. Returns: their SHA-256."""
    content = random.Random(seed).randbytes(SIZE)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def digest(path: str | Path) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def upload(repo: str, path: Path) -> str:
    return HfApi().upload_file(path_or_fileobj=path, path_in_repo="large.bin", repo_id=repo).oid


def upload_one(repo: str, path: Path) -> None:
    HfApi().create_repo(repo)
    write_random(path, repo)
    upload(repo, path)


@pytest.fixture(scope="module")
def large(client_process: Worker, mode: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A model that holds one large file, and the same file here; for tests that only read."""
    repo, path = f"alice/large-{mode}", tmp_path_factory.mktemp("large") / "large.bin"
    outcome, why = client_process.run(__name__, "upload_one", {"repo": repo, "path": path})
    assert outcome == "passed", why
    return repo, path


def test_a_large_file_comes_back(large: tuple[str, Path]) -> None:
    repo, path = large

    downloaded = HfApi().hf_hub_download(repo, "large.bin")

    assert digest(downloaded) == digest(path)


def test_a_large_file_comes_back_in_the_other_mode(large: tuple[str, Path], mode: str, tmp_path: Path) -> None:
    repo, path = large
    other = os.environ | {"HF_HUB_DISABLE_XET": "1" if mode == "xet" else "", "HF_HOME": str(tmp_path / "home")}
    code = f"import huggingface_hub; print(huggingface_hub.hf_hub_download({repo!r}, 'large.bin'))"

    downloaded = subprocess.run(
        [sys.executable, "-c", code], env=other, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert digest(downloaded) == digest(path)


@pytest.mark.parametrize(("first", "last"), [(0, 9), (10 * MEBIBYTE - 5, 20 * MEBIBYTE + 5), (SIZE - 10, SIZE - 1)])
def test_a_range_of_a_large_file_is_that_part(large: tuple[str, Path], first: int, last: int) -> None:
    repo, path = large

    answer = get_session().get(hf_hub_url(repo, "large.bin"), headers={"Range": f"bytes={first}-{last}"}, follow_redirects=True)

    assert answer.status_code == 206
    assert answer.content == path.read_bytes()[first : last + 1]


def test_a_read_in_the_middle_of_a_large_file_is_that_part(large: tuple[str, Path]) -> None:
    repo, path = large

    with HfFileSystem(skip_instance_cache=True).open(f"{repo}/large.bin", "rb") as file:
        file.seek(30 * MEBIBYTE)
        read = file.read(1000)

    assert read == path.read_bytes()[30 * MEBIBYTE : 30 * MEBIBYTE + 1000]


def test_a_large_file_changed_in_the_middle_comes_back_changed(model: str, large: tuple[str, Path], tmp_path: Path) -> None:
    content = large[1].read_bytes()
    (tmp_path / "changed.bin").write_bytes(content[: SIZE // 2] + b"a few bytes" + content[SIZE // 2 :])

    upload(model, tmp_path / "changed.bin")

    assert digest(HfApi().hf_hub_download(model, "large.bin")) == digest(tmp_path / "changed.bin")


def test_the_same_large_file_in_another_repository_comes_back(model: str, large: tuple[str, Path]) -> None:
    upload(model, large[1])

    assert digest(HfApi().hf_hub_download(model, "large.bin")) == digest(large[1])


@pytest.mark.parametrize(
    "content", [b"\0" * 1_000_000, b"ab" * 500_000, bytes(range(256)) * 4000 + b"end"], ids=["zeros", "two-bytes", "all-bytes"]
)
def test_a_file_that_repeats_itself_comes_back(model: str, tmp_path: Path, content: bytes) -> None:
    """Its chunks are equal, so it is stored as one chunk named many times."""
    (tmp_path / "repeating.bin").write_bytes(content)

    upload(model, tmp_path / "repeating.bin")

    assert Path(HfApi().hf_hub_download(model, "large.bin")).read_bytes() == content
