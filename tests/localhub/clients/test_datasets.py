"""The `datasets` library: loading by name, and pushing."""

from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

CARD = """---
configs:
- config_name: code
  default: true
  data_files:
  - split: train
    path: code/train-*.parquet
  - split: test
    path: code/test-*.parquet
- config_name: near_duplicates
  data_files:
  - split: train
    path: near_duplicates/*.parquet
---
# A dataset
"""


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)


def rows(first: int, last: int) -> list[dict[str, Any]]:
    return [{"id": number, "text": f"text {number}"} for number in range(first, last)]


def publish(repo: str, folder: Path, tag: str) -> None:
    """Two shards of training text, one of test, and a second config."""
    write_parquet(folder / "code/train-00000-of-00002.parquet", rows(0, 60))
    write_parquet(folder / "code/train-00001-of-00002.parquet", rows(60, 100))
    write_parquet(folder / "code/test-00000-of-00001.parquet", rows(100, 110))
    write_parquet(folder / "near_duplicates/train.parquet", [{"left": 1, "right": 2}])
    (folder / "README.md").write_text(CARD)
    api = HfApi()
    api.upload_folder(repo_id=repo, folder_path=folder, repo_type="dataset")
    api.create_tag(repo, tag=tag, repo_type="dataset")


def test_a_dataset_is_loaded_by_its_name(dataset: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    publish(dataset, tmp_path, "v1.0.0")

    loaded = load_dataset(dataset)

    assert {split: len(part) for split, part in loaded.items()} == {"train": 100, "test": 10}
    assert loaded["train"][:] == {"id": list(range(100)), "text": [f"text {number}" for number in range(100)]}


def test_a_config_at_a_tag_is_loaded(dataset: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    publish(dataset, tmp_path, "v1.0.0")
    HfApi().delete_folder("near_duplicates", dataset, repo_type="dataset")

    loaded = load_dataset(dataset, "near_duplicates", split="train", revision="v1.0.0")

    assert loaded[0] == {"left": 1, "right": 2}


def test_a_streamed_dataset_has_the_same_rows(dataset: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    publish(dataset, tmp_path, "v1.0.0")

    streamed = load_dataset(dataset, split="train", streaming=True)

    assert list(streamed) == rows(0, 100)


def test_a_private_dataset_is_loaded_by_its_owner(dataset: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    publish(dataset, tmp_path, "v1.0.0")
    HfApi().update_repo_settings(dataset, private=True, repo_type="dataset")

    loaded = load_dataset(dataset, split="test")

    assert loaded["id"][0] == 100


def test_the_configs_and_splits_are_listed(dataset: str, tmp_path: Path) -> None:
    from datasets import get_dataset_config_names, get_dataset_split_names

    publish(dataset, tmp_path, "v1.0.0")

    assert get_dataset_config_names(dataset) == ["code", "near_duplicates"]
    assert get_dataset_split_names(dataset, "code") == ["train", "test"]


def test_a_pushed_dataset_comes_back(name: str) -> None:
    from datasets import Dataset, load_dataset

    Dataset.from_list(rows(0, 50)).push_to_hub(name, private=True)

    assert list(load_dataset(name, split="train")) == rows(0, 50)


def test_a_pushed_config_stands_beside_the_others(name: str) -> None:
    from datasets import Dataset, DatasetDict, load_dataset

    Dataset.from_list(rows(0, 5)).push_to_hub(name, "first")

    DatasetDict(train=Dataset.from_list(rows(5, 9)), test=Dataset.from_list(rows(9, 10))).push_to_hub(name, "second")

    assert list(load_dataset(name, "first", split="train")) == rows(0, 5)
    assert list(load_dataset(name, "second", split="test")) == rows(9, 10)
