"""A side as a dataset folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zstandard

from seedbed.core.config.recipe import Splits
from seedbed.core.config.training import DatasetChoice
from seedbed.evaluation.ablation.variants import Side, write_folder
from seedbed.evaluation.prompts import read_split
from seedbed.models.tokens.corpus import rows_of, splits_of

SPLITS = Splits(train=1.0, validation=0.0, test=0.0, salt="", pins={"pkg:generic/b": "test", "pkg:generic/c": "validation"})


def record(number: int, project: str) -> dict[str, object]:
    metadata = {"project": f"pkg:generic/{project}", "path": f"{number}.py", "language": "Python", "license": "MIT"}
    return {"id": f"{project}#{number}", "text": f"x = {number}\n", "metadata": metadata}


def kept(folder: Path, projects: str) -> Path:
    folder.mkdir(parents=True)
    lines = "".join(json.dumps(record(number, project)) + "\n" for number, project in enumerate(projects))
    (folder / "00000.jsonl.zst").write_bytes(zstandard.compress(lines.encode()))
    return folder


def test_projects_are_in_the_same_split_whatever_else_is_there(tmp_path: Path) -> None:
    few, many = Side(kept(tmp_path / "few", "abc"), SPLITS), Side(kept(tmp_path / "many", "ccbbaadd"), SPLITS)

    def projects(side: Side, split: str) -> set[str]:
        return {row["project"][-1] for row in side.rows(split)}

    assert [projects(few, split) for split in ("train", "validation", "test")] == [{"a"}, {"c"}, {"b"}]
    assert [projects(many, split) for split in ("train", "validation", "test")] == [{"a", "d"}, {"c"}, {"b"}]


def test_training_and_judging_read_the_folder(tmp_path: Path) -> None:
    side = Side(kept(tmp_path / "kept", "aabbc"), SPLITS)
    write_folder(tmp_path / "made", {split: side.rows(split) for split in ("train", "test")})
    choice = DatasetChoice(path=str(tmp_path / "made"))

    assert splits_of(choice) == ["test", "train"]
    assert [row["text"] for row in rows_of(choice, "train")] == ["x = 0\n", "x = 1\n"]
    assert [(one.id, one.language, one.path) for one in read_split(choice)] == [
        ("b#2", "Python", "2.py"),
        ("b#3", "Python", "3.py"),
    ]


def test_the_hash_is_that_of_the_rows_in_any_order(tmp_path: Path) -> None:
    rows = [{**record(number, "a")["metadata"], "id": str(number), "text": "x"} for number in range(3)]  # type: ignore[dict-item]
    first = write_folder(tmp_path / "one", {"train": rows})

    assert write_folder(tmp_path / "other", {"train": rows[::-1]}) == first
    assert write_folder(tmp_path / "other", {"train": rows[1:]}) != first
    assert write_folder(tmp_path / "other", {"test": rows}) != first
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_failed_half_way_leaves_the_one_before(tmp_path: Path) -> None:
    rows = [{"id": "1", "text": "x"}]
    before = write_folder(tmp_path / "made", {"train": rows})

    def breaks() -> object:
        yield {"id": "2", "text": "y"}
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path / "made", {"train": breaks()})  # type: ignore[arg-type]

    assert (tmp_path / "made" / "sha256").read_text() == before
