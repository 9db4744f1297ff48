"""Where a dataset goes: nothing that we did not write is ever touched, and what was edited is built anew."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from seedbed.core.errors import InputError
from seedbed.core.manifests import integrity
from seedbed.core.runs.job import add_seconds, check_out, read_seconds
from tests.test_dataset import ROOT, code, make_recipe, run


def make_folder_recipe(base: Path) -> Path:
    (base / "proj").mkdir(parents=True)
    (base / "proj" / "LICENSE").write_bytes((ROOT / "LICENSE").read_bytes())
    (base / "proj" / "a.py").write_bytes(code("stage.py"))
    path = make_recipe(base, ["proj"])
    data = yaml.safe_load(path.read_text()) | {"sources": [{"archive": "proj"}]}
    path.write_text(yaml.safe_dump(data))
    return path


def samples(folder: Path) -> dict[str, int]:
    return {source.id: source.kept for source in integrity.verify(folder).sources}


def test_an_edited_folder_is_built_anew(tmp_path: Path) -> None:
    recipe = make_folder_recipe(tmp_path)
    assert run(tmp_path, recipe, 1).returncode == 0
    ((old, kept),) = samples(tmp_path / "build" / "datasets" / "small").items()
    (tmp_path / "proj" / "b.py").write_bytes(code("tables.py"))

    done = run(tmp_path, recipe, 1)

    assert done.returncode == 0, done.stderr
    ((new, more),) = samples(tmp_path / "build" / "datasets" / "small").items()
    assert new != old
    assert (kept, more) == (1, 2)


def test_the_manifest_names_the_recipe_that_the_last_run_was_given(tmp_path: Path) -> None:
    recipe = make_folder_recipe(tmp_path)
    assert run(tmp_path, recipe, 1).returncode == 0

    done = run(tmp_path, recipe.rename(tmp_path / "renamed.yaml"), 1)

    assert done.returncode == 0, done.stderr
    assert integrity.verify(tmp_path / "build" / "datasets" / "small").recipe.path == "renamed.yaml"


@pytest.mark.parametrize("name", ["thesis.txt", ".git/config", "data/mine.parquet"])
def test_a_folder_with_files_of_others_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "manifest.json").write_text('{"manifest_version": 3}')
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("precious")

    with pytest.raises(InputError, match="holds files that no run of Seedbed wrote"):
        check_out(tmp_path)


def test_a_dataset_of_ours_beside_which_somebody_put_a_file_is_refused(tmp_path: Path) -> None:
    recipe = make_folder_recipe(tmp_path)
    out = tmp_path / "out"
    assert run(tmp_path, recipe, 1, "--out", str(out)).returncode == 0
    (out / "notes.txt").write_text("precious")

    done = run(tmp_path, recipe, 1, "--out", str(out), "--tasks", "2")

    assert done.returncode == 2
    assert "notes.txt" in done.stderr
    assert (out / "notes.txt").read_text() == "precious"


@pytest.mark.parametrize("make", ["touch", "nothing"])
def test_a_place_that_is_no_folder_is_refused_before_any_work(tmp_path: Path, make: str) -> None:
    place = tmp_path / "file" if make == "touch" else Path("/")
    (tmp_path / "file").touch()

    with pytest.raises(InputError, match="Allowed: an empty or a new folder"):
        check_out(place)


def test_seconds_that_were_cut_off_count_as_none(tmp_path: Path) -> None:
    (tmp_path / "seconds").touch()

    add_seconds(tmp_path / "seconds", 1.5)

    assert read_seconds(tmp_path / "seconds") == 1.5
