"""What a commit does to the files and to the history of a repository."""

from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError


def files(repo: str, revision: str | None = None) -> dict[str, bytes]:
    """Every file of a model but the one that the hub itself writes."""
    api = HfApi()
    names = [path for path in api.list_repo_files(repo, revision=revision) if path != ".gitattributes"]
    return {path: Path(api.hf_hub_download(repo, path, revision=revision)).read_bytes() for path in names}


def put(repo: str, path: str, content: bytes = b"content", **options: object) -> str:
    return HfApi().upload_file(path_or_fileobj=content, path_in_repo=path, repo_id=repo, **options).oid  # type: ignore[call-overload]


def head(repo: str) -> str:
    return HfApi().model_info(repo).sha or ""


def titles(repo: str, revision: str | None = None) -> list[str]:
    return [commit.title for commit in HfApi().list_repo_commits(repo, revision=revision)]


def test_an_uploaded_file_comes_back(model: str) -> None:
    put(model, "deep/in/a.txt", b"bytes \x80\xff of it\n")

    assert files(model) == {"deep/in/a.txt": b"bytes \x80\xff of it\n"}


@pytest.mark.parametrize("path", ["with space.txt", "ümlaut/日本語.txt", "a+b&c=d?e#f%20.txt", "-dash", ".hidden", "a.git/b"])
def test_a_path_comes_back_as_it_was(model: str, path: str) -> None:
    put(model, path, path.encode())

    assert files(model) == {path: path.encode()}


def test_an_empty_file_comes_back_empty(model: str) -> None:
    put(model, "empty.txt", b"")
    put(model, "empty.bin", b"")

    assert files(model) == {"empty.txt": b"", "empty.bin": b""}


def test_a_folder_is_one_commit(model: str, tmp_path: Path) -> None:
    for path in ("a.txt", "b/c.txt", "b/weights.bin"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(path.encode() * 100)

    HfApi().upload_folder(repo_id=model, folder_path=tmp_path, commit_message="all of it")

    assert files(model) == {path: path.encode() * 100 for path in ("a.txt", "b/c.txt", "b/weights.bin")}
    assert titles(model) == ["all of it", "initial commit"]


def test_the_same_folder_again_is_no_commit(model: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("same")
    (tmp_path / "weights.bin").write_bytes(b"\0" * 1000)
    HfApi().upload_folder(repo_id=model, folder_path=tmp_path)
    before = head(model)

    HfApi().upload_folder(repo_id=model, folder_path=tmp_path)

    assert head(model) == before


def test_a_folder_replaces_what_the_patterns_name(model: str, tmp_path: Path) -> None:
    put(model, "logs/old.txt")
    put(model, "kept.txt")
    (tmp_path / "new.txt").write_bytes(b"new")

    HfApi().upload_folder(repo_id=model, folder_path=tmp_path, path_in_repo="logs", delete_patterns="*.txt")

    assert files(model) == {"logs/new.txt": b"new", "kept.txt": b"content"}


def test_one_commit_adds_deletes_and_copies(model: str) -> None:
    put(model, "gone.txt")
    put(model, "source.txt", b"text")
    put(model, "source.bin", b"\0binary")

    HfApi().create_commit(
        model,
        [
            CommitOperationAdd("added.txt", b"added"),
            CommitOperationDelete("gone.txt"),
            CommitOperationCopy("source.txt", "copy.txt"),
            CommitOperationCopy("source.bin", "copy.bin"),
        ],
        commit_message="three things",
    )

    text, binary = b"text", b"\0binary"
    assert files(model) == {"added.txt": b"added", "source.txt": text, "copy.txt": text, "source.bin": binary, "copy.bin": binary}


def test_a_deleted_file_stays_in_the_history(model: str) -> None:
    before = put(model, "a.txt", b"once")

    HfApi().delete_file("a.txt", model)

    assert files(model) == {}
    assert files(model, before) == {"a.txt": b"once"}


def test_a_deleted_folder_takes_all_that_is_under_it(model: str) -> None:
    for path in ("folder/a.txt", "folder/deep/b.txt", "folder2/c.txt"):
        put(model, path)

    HfApi().delete_folder("folder", model)

    assert list(files(model)) == ["folder2/c.txt"]


def test_deleting_a_file_that_is_not_there_is_refused(model: str) -> None:
    with pytest.raises((EntryNotFoundError, HfHubHTTPError)):
        HfApi().delete_file("nowhere.txt", model)

    assert titles(model) == ["initial commit"]


def test_a_commit_on_the_newest_parent_is_taken(model: str) -> None:
    first = put(model, "a.txt", b"1")

    put(model, "a.txt", b"2", parent_commit=first)

    assert files(model) == {"a.txt": b"2"}


def test_a_commit_on_a_stale_parent_is_refused(model: str) -> None:
    stale = put(model, "a.txt", b"1")
    put(model, "a.txt", b"2")

    with pytest.raises(HfHubHTTPError) as refused:
        put(model, "a.txt", b"3", parent_commit=stale)

    assert refused.value.response.status_code == 412
    assert files(model) == {"a.txt": b"2"}


def test_the_history_is_newest_first_and_tells_who_and_why(model: str) -> None:
    ids = [
        put(model, "a.txt", b"%d" % number, commit_message=f"number {number}", commit_description="why") for number in range(3)
    ]

    history = HfApi().list_repo_commits(model)

    assert [commit.commit_id for commit in history[:3]] == ids[::-1]
    assert (history[0].title, history[0].message, history[0].authors) == ("number 2", "why", ["alice"])


def test_a_long_history_comes_whole(model: str) -> None:
    for number in range(60):
        put(model, "a.txt", b"%d" % number, commit_message=str(number))

    assert titles(model) == [str(number) for number in range(59, -1, -1)] + ["initial commit"]


def test_three_hundred_small_files_are_one_commit(model: str) -> None:
    content = {f"{number:03}.txt": f"file {number}\n".encode() * 20 for number in range(300)}

    HfApi().create_commit(model, [CommitOperationAdd(*file) for file in content.items()], commit_message="300 files")

    folder = Path(HfApi().snapshot_download(model))
    assert titles(model) == ["300 files", "initial commit"]
    assert {path.name: path.read_bytes() for path in folder.glob("*.txt")} == content


def test_a_folder_of_three_hundred_small_files_comes_back(model: str, tmp_path: Path) -> None:
    """With Xet on the client sends them in more than one commit; none may be lost between."""
    for number in range(300):
        (tmp_path / f"{number:03}.txt").write_text(f"file {number}\n" * 20)

    HfApi().upload_folder(repo_id=model, folder_path=tmp_path, commit_message="300 files")

    assert len(HfApi().list_repo_files(model)) == 301


def test_what_git_would_ignore_is_not_uploaded(model: str, tmp_path: Path) -> None:
    for path, content in {".gitignore": "*.log\n", "a.log": "noise", "a.txt": "kept"}.items():
        (tmp_path / path).write_text(content)

    HfApi().upload_folder(repo_id=model, folder_path=tmp_path)

    assert sorted(files(model)) == [".gitignore", "a.txt"]
