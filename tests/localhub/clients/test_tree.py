"""What the hub tells about the files of a repository."""

import hashlib

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, get_session, hf_hub_url
from huggingface_hub.errors import EntryNotFoundError
from huggingface_hub.hf_api import RepoFile, RepoFolder

TEXT, BINARY = b"some text\n", b"\0" * 2000


def fill(repo: str, paths: list[str], content: bytes = TEXT) -> str:
    operations = [CommitOperationAdd(path, content) for path in paths]
    return HfApi().create_commit(repo, operations, commit_message="fill").oid


def git_oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%s" % (len(data), data)).hexdigest()


def test_a_small_file_has_size_and_git_id(model: str) -> None:
    fill(model, ["a.txt"])

    [entry] = HfApi().get_paths_info(model, "a.txt")

    assert isinstance(entry, RepoFile)
    assert (entry.size, entry.blob_id, entry.lfs, entry.xet_hash) == (len(TEXT), git_oid(TEXT), None, None)


def test_a_large_file_has_a_sha256_too(model: str) -> None:
    fill(model, ["a.bin"], BINARY)

    [entry] = HfApi().get_paths_info(model, "a.bin")

    assert isinstance(entry, RepoFile)
    assert entry.lfs
    assert (entry.size, entry.lfs.size, entry.lfs.sha256) == (len(BINARY), len(BINARY), hashlib.sha256(BINARY).hexdigest())


def test_paths_that_are_not_there_are_left_out(model: str) -> None:
    fill(model, ["a.txt", "folder/b.txt"])

    found = HfApi().get_paths_info(model, ["a.txt", "folder", "nowhere"])

    assert {(type(entry), entry.path) for entry in found} == {(RepoFile, "a.txt"), (RepoFolder, "folder")}


def test_the_tree_is_one_level_deep(model: str) -> None:
    fill(model, ["a.txt", "folder/b.txt", "folder/deep/c.txt"])

    tree = HfApi().list_repo_tree(model)

    assert [entry.path for entry in tree] == [".gitattributes", "a.txt", "folder"]


def test_a_recursive_tree_has_every_folder_and_file(model: str) -> None:
    fill(model, ["a.txt", "folder/b.txt", "folder/deep/c.txt"])

    tree = HfApi().list_repo_tree(model, recursive=True)

    assert {entry.path for entry in tree} == {
        ".gitattributes",
        "a.txt",
        "folder",
        "folder/b.txt",
        "folder/deep",
        "folder/deep/c.txt",
    }


def test_the_tree_of_a_folder_has_full_paths(model: str) -> None:
    fill(model, ["folder/b.txt", "folder/deep/c.txt", "folder2/d.txt"])

    tree = HfApi().list_repo_tree(model, "folder")

    assert {entry.path for entry in tree} == {"folder/b.txt", "folder/deep"}


def test_the_tree_of_a_missing_folder_is_not_found(model: str) -> None:
    with pytest.raises(EntryNotFoundError):
        list(HfApi().list_repo_tree(model, "nowhere"))


def test_the_tree_of_a_revision_is_of_that_time(model: str) -> None:
    first = fill(model, ["a.txt"])
    fill(model, ["b.txt"])

    tree = HfApi().list_repo_tree(model, revision=first)

    assert "b.txt" not in {entry.path for entry in tree}


@pytest.mark.parametrize("expand", [False, True])
def test_a_tree_of_many_pages_comes_whole(model: str, url: str, expand: bool) -> None:
    paths = [f"folder/{number:04}.txt" for number in range(1100)]
    fill(model, paths)

    tree = list(HfApi().list_repo_tree(model, "folder", expand=expand))

    first_page = get_session().get(f"{url}/api/models/{model}/tree/main/folder", params={"expand": expand})
    assert "next" in first_page.links
    assert [entry.path for entry in tree] == paths


def test_the_info_of_a_repository_has_sizes_when_asked(model: str) -> None:
    fill(model, ["a.bin"], BINARY)

    info = HfApi().model_info(model, files_metadata=True)

    sizes = {file.rfilename: file.size for file in info.siblings or []}
    assert sizes["a.bin"] == len(BINARY)


def test_the_info_of_a_revision_is_of_that_time(model: str) -> None:
    first = fill(model, ["a.txt"])
    fill(model, ["b.txt"])

    info = HfApi().model_info(model, revision=first)

    assert info.sha == first
    assert {file.rfilename for file in info.siblings or []} == {".gitattributes", "a.txt"}


@pytest.mark.parametrize(("path", "content"), [("a.txt", TEXT), ("a.bin", BINARY)])
def test_the_metadata_of_a_file_names_commit_size_and_hash(model: str, path: str, content: bytes) -> None:
    commit = fill(model, [path], content)

    metadata = HfApi().get_hf_file_metadata(url=hf_hub_url(model, path))

    hashed = git_oid(content) if content == TEXT else hashlib.sha256(content).hexdigest()
    assert (metadata.commit_hash, metadata.size, metadata.etag) == (commit, len(content), hashed)


def test_a_file_exists_only_where_it_was_put(model: str) -> None:
    fill(model, ["a.txt"])

    assert [HfApi().file_exists(model, path) for path in ("a.txt", "b.txt")] == [True, False]


def test_checksums_of_a_download_agree_with_the_hub(model: str) -> None:
    fill(model, ["a.txt"])
    fill(model, ["a.bin"], BINARY)
    HfApi().snapshot_download(model)

    verified = HfApi().verify_repo_checksums(model)

    assert (verified.checked_count, verified.mismatches, verified.missing_paths) == (3, [], [])
