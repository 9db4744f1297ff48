"""`hf://` paths through fsspec."""

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, HfFileSystem

FILES = {"a.txt": b"0123456789", "deep/b.txt": b"b", "weights.bin": bytes(range(256)) * 40}


def files() -> HfFileSystem:
    """A file system that remembers nothing from the test before."""
    system = HfFileSystem(skip_instance_cache=True)
    system.invalidate_cache()
    return system


def fill(repo: str) -> str:
    operations = [CommitOperationAdd(path, content) for path, content in FILES.items()]
    HfApi().create_commit(repo, operations, commit_message="fill", repo_type="dataset")
    return f"datasets/{repo}"


def test_ls_names_files_and_folders(dataset: str) -> None:
    root = fill(dataset)

    found = files().ls(root, detail=False)

    assert sorted(found) == [f"{root}/{name}" for name in (".gitattributes", "a.txt", "deep", "weights.bin")]


def test_ls_tells_sizes_and_kinds(dataset: str) -> None:
    root = fill(dataset)

    found = {entry["name"].removeprefix(f"{root}/"): (entry["type"], entry["size"]) for entry in files().ls(root)}

    assert (found["weights.bin"], found["deep"]) == (("file", 10240), ("directory", 0))


def test_find_walks_the_whole_tree(dataset: str) -> None:
    root = fill(dataset)

    assert set(files().find(root)) == {f"{root}/{path}" for path in [*FILES, ".gitattributes"]}


def test_glob_finds_by_pattern(dataset: str) -> None:
    root = fill(dataset)

    assert sorted(files().glob(f"{root}/**/*.txt")) == [f"{root}/a.txt", f"{root}/deep/b.txt"]


@pytest.mark.parametrize("path", list(FILES))
def test_a_read_file_is_the_file(dataset: str, path: str) -> None:
    root = fill(dataset)

    with files().open(f"{root}/{path}", "rb") as file:
        read = file.read()

    assert read == FILES[path]


@pytest.mark.parametrize("block_size", [0, 16, None], ids=["streamed", "small-blocks", "usual-blocks"])
def test_a_streamed_or_blockwise_read_is_the_file(dataset: str, block_size: int | None) -> None:
    root = fill(dataset)

    with files().open(f"{root}/weights.bin", "rb", block_size=block_size) as file:
        read = file.read()

    assert read == FILES["weights.bin"]


@pytest.mark.parametrize("path", ["a.txt", "weights.bin"])
def test_a_seek_reads_from_there(dataset: str, path: str) -> None:
    root = fill(dataset)

    with files().open(f"{root}/{path}", "rb", block_size=4) as file:
        file.seek(3)
        middle = file.read(4)
        file.seek(-2, 2)
        end = file.read()

    assert (middle, end) == (FILES[path][3:7], FILES[path][-2:])


def test_a_range_is_read_without_the_rest(dataset: str) -> None:
    root = fill(dataset)

    assert files().cat_file(f"{root}/weights.bin", start=100, end=110) == FILES["weights.bin"][100:110]


def test_a_written_file_is_a_commit(dataset: str) -> None:
    with files().open(f"datasets/{dataset}/new/c.txt", "w") as file:
        file.write("written\n")

    assert files().cat_file(f"datasets/{dataset}/new/c.txt") == b"written\n"


def test_a_removed_file_is_gone(dataset: str) -> None:
    root = fill(dataset)

    files().rm(f"{root}/a.txt")

    assert not files().exists(f"{root}/a.txt")
    assert files().exists(f"{root}/deep/b.txt")


def test_a_removed_folder_is_gone(dataset: str) -> None:
    root = fill(dataset)

    files().rm(f"{root}/deep", recursive=True)

    assert not files().exists(f"{root}/deep")


@pytest.mark.parametrize("path", ["a.txt", "weights.bin"])
def test_a_copied_file_is_the_same(dataset: str, path: str) -> None:
    root = fill(dataset)

    files().cp_file(f"{root}/{path}", f"{root}/copy-of-{path}")

    assert files().cat_file(f"{root}/copy-of-{path}") == FILES[path]


def test_a_revision_in_the_path_reads_from_then(dataset: str) -> None:
    root = fill(dataset)
    HfApi().create_tag(dataset, tag="v1", repo_type="dataset")
    files().rm(f"{root}/a.txt")

    assert files().cat_file(f"{root}@v1/a.txt") == FILES["a.txt"]


def test_a_missing_file_is_no_file(dataset: str) -> None:
    with pytest.raises(FileNotFoundError):
        files().cat_file(f"datasets/{dataset}/nowhere.txt")


def test_what_speaks_fsspec_finds_it_by_path(dataset: str) -> None:
    import pandas as pd

    HfApi().upload_file(path_or_fileobj=b"x,y\n1,2\n", path_in_repo="t.csv", repo_id=dataset, repo_type="dataset")

    table = pd.read_csv(f"hf://datasets/{dataset}/t.csv")

    assert table.to_dict("records") == [{"x": 1, "y": 2}]
