"""`seedbed tokenize`: the folder that training reads, the same bytes however it is cut, and one line for what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datatrove.utils.dataset import DatatroveFolderDataset
from transformers import AutoTokenizer

from pipeline.tokenize import STAGE, run
from seedbed.core.config.recipe import part_of
from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import InputError, ManifestError
from seedbed.core.manifests import integrity
from seedbed.models.tokens.manifest import TokensManifest, tokens_for
from seedbed.models.tokens.token_job import TokenJob, dataset_facts
from tests.localhub.process import wait_for
from tests.models.small_dataset import Row, by_split, code, manifest, write, write_recipe

PATH = "{path: datasets/small}"


def job_in(folder: Path, tasks: int = 3, workers: int = 2) -> TokenJob:
    recipe = load_train_recipe(folder / "small.yaml")
    return TokenJob(STAGE, recipe, dataset_facts(recipe.dataset), folder / "build", tasks, workers)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a small dataset and its recipe."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "datasets" / "small", by_split(code()))
    write_recipe(tmp_path, PATH)
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tokens, made once for those who only read it; the dataset stands in `datasets/small` above it."""
    folder = tmp_path_factory.mktemp("made")
    write(folder / "datasets" / "small", by_split(code()))
    write_recipe(folder, PATH)
    before = Path.cwd()
    os.chdir(folder)
    try:
        run(job_in(folder))
    finally:
        os.chdir(before)
    return folder / "build" / "tokens" / "small"


def windows(folder: Path, split: str) -> DatatroveFolderDataset:
    return DatatroveFolderDataset(
        str(folder / split), 64, filename_pattern="*.ds", token_size=TokensManifest.load(folder).token_bytes
    )


def all_ids(folder: Path, split: str) -> list[int]:
    return [int(id_) for path in sorted((folder / split).glob("*.ds")) for id_ in np.fromfile(path, dtype="<u2")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def tokenized_home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As `home`, after a run."""
    home = tmp_path / "home"
    shutil.copytree(made.parents[2], home)
    monkeypatch.chdir(home)
    return home


def test_the_folder_has_what_training_reads(made: Path) -> None:
    names = set(contents(made))

    assert {"tokens.json", "tokenizer_report.json", "tokenizer/tokenizer.json", "tokenizer/tokenizer_config.json"} <= names
    assert {"train/00000.ds", "train/00000.ds.index", "validation/00000.ds", "validation/00000.ds.index"} <= names


@pytest.mark.parametrize("split", ["train", "validation"])
def test_datatrove_reads_windows_of_the_context_and_one(made: Path, split: str) -> None:
    data = windows(made, split)

    assert len(data) == TokensManifest.load(made).tokens[split] // 65
    assert data[len(data) - 1]["input_ids"].shape == (65,)


def test_validation_tokens_are_the_files_as_they_are(made: Path) -> None:
    text = AutoTokenizer.from_pretrained(str(made / "tokenizer")).decode(all_ids(made, "validation"))

    rows = by_split(code())["validation"]
    assert sorted(
        text.removeprefix("<repo_name>code/seedbed/dedup<file_sep>").removesuffix("<|endoftext|>").split("<file_sep>")
    ) == sorted(f"{row['path']}\n{row['text']}" for row in rows)


def test_training_tokens_hold_every_file_and_as_many_of_each_mark(made: Path) -> None:
    ids = all_ids(made, "train")

    decoded = AutoTokenizer.from_pretrained(str(made / "tokenizer")).decode(ids)
    prefixes, suffixes, middles = (ids.count(mark) for mark in (2, 3, 4))
    assert prefixes == suffixes == middles > 50
    assert all(f"<file_sep>{row['path']}\n" in decoded for row in by_split(code())["train"])


def test_tokens_json_says_what_is_there(made: Path) -> None:
    tokens = TokensManifest.load(made)

    rows = by_split(code())
    assert tokens.tokens == {split: len(all_ids(made, split)) for split in ("train", "validation")}
    assert tokens.bytes["validation"] == sum(len(row["text"].encode()) for row in rows["validation"])
    assert tokens.bytes["train"] == sum(facts.bytes for facts in tokens.languages.values())
    assert tokens.languages["Python"].files == sum(row["language"] == "Python" for row in rows["train"])
    assert tokens.languages["Go"].epochs == 4.0
    assert (tokens.vocabulary_size, tokens.token_bytes) == (1024, 2)
    assert tokens.dataset.path == "datasets/small"


def test_the_report_is_on_the_test_split(made: Path) -> None:
    report = json.loads((made / "tokenizer_report.json").read_text())

    assert report["split"] == "test"
    assert set(report["languages"]) == {"Python", "all"}
    assert 1.5 < report["languages"]["Python"] < 4


def test_nothing_names_a_place_on_this_machine(made: Path) -> None:
    texts = [data for name, data in contents(made).items() if name.endswith(".json")]

    assert not [text for text in texts if str(made.parents[2]).encode() in text]


@pytest.mark.parametrize(("tasks", "workers"), [pytest.param(1, 1, marks=pytest.mark.slow), (7, 2)])
def test_the_same_bytes_for_any_number_of_tasks(made: Path, home: Path, tasks: int, workers: int) -> None:
    run(job_in(home, tasks, workers))

    assert contents(home / "build" / "tokens" / "small") == contents(made)


def test_a_second_run_has_nothing_to_do(tokenized_home: Path) -> None:
    before = (tokenized_home / "build/tokens/small/tokenizer/tokenizer.json").stat()

    run(job_in(tokenized_home))

    assert (tokenized_home / "build/tokens/small/tokenizer/tokenizer.json").stat() == before
    assert [path.name for path in (tokenized_home / "build/work/.tokens/small").iterdir()] == ["lock"]


def test_a_recipe_that_trains_longer_keeps_its_tokens(tokenized_home: Path) -> None:
    home = tokenized_home
    first = TokensManifest.load(home / "build/tokens/small")
    recipe = home / "small.yaml"
    recipe.write_text(recipe.read_text().replace("steps: 4", "steps: 8"))

    second = run(job_in(home))

    assert second.recipe_sha256 != first.recipe_sha256
    assert replace_sha(second) == replace_sha(first)


def test_another_seed_gives_other_tokens(made: Path, home: Path) -> None:
    recipe = home / "small.yaml"
    recipe.write_text(recipe.read_text().replace("seed: 17", "seed: 18"))

    run(job_in(home))

    assert all_ids(home / "build/tokens/small", "train") != all_ids(made, "train")


def replace_sha(tokens: object) -> object:
    return tokens.model_copy(update={"recipe_sha256": ""})  # type: ignore[attr-defined]


def test_a_killed_run_goes_on_where_it_stopped(home: Path, made: Path) -> None:
    command = [sys.executable, "-m", "seedbed.cli", "tokenize", "small.yaml"]
    work, out = home / "build/work/.tokens/small", home / "build/tokens/small"

    with subprocess.Popen(command) as killed:
        wait_for(lambda: list(work.glob("*/logs/tokenizer/completions/00000")) or killed.poll() is not None, 120, "a tokenizer")
        killed.kill()
    assert not out.exists()
    (tokenizer,) = work.glob("*/tokenizer/tokenizer.json")
    before = tokenizer.stat().st_mtime_ns
    subprocess.run(command, check=True)

    assert (out / "tokenizer" / "tokenizer.json").stat().st_mtime_ns == before  # it is copied with its time
    assert contents(out) == contents(made)


def without(split: str) -> Callable[[Path], None]:
    def damage(home: Path) -> None:
        rows = by_split(code()) | {split: []}
        rebuild(home, rows)

    return damage


def rebuild(home: Path, rows: dict[str, list[Row]]) -> None:
    subprocess.run(["rm", "-r", str(home / "datasets/small")], check=True)
    write(home / "datasets" / "small", rows)


def nothing_but_empty_texts(home: Path) -> None:
    rows = by_split(code())
    rebuild(home, rows | {"validation": [row | {"text": ""} for row in rows["validation"]]})


GO = "data/go/train-00000-of-00001.parquet"


def numbers_for_text(home: Path) -> None:
    reseal(home, lambda path: pq.write_table(numbered(pq.read_table(path)), path))


def numbered(table: pa.Table) -> pa.Table:
    return table.set_column(table.column_names.index("text"), "text", pa.array(range(len(table))))


def no_parquet(home: Path) -> None:
    reseal(home, lambda path: path.write_bytes(path.read_bytes()[:200]))


def reseal(home: Path, damage: Callable[[Path], object]) -> None:
    """A folder that its manifest speaks well of, with one file that is no use."""
    folder = home / "datasets" / "small"
    damage(folder / GO)
    integrity.seal(manifest(), folder)


def no_text(home: Path) -> None:
    write_recipe(home, "{path: datasets/small, text_column: content}")


def changed(home: Path) -> None:
    path = home / "datasets/small" / GO
    pq.write_table(pq.read_table(path).slice(0, 0), path)


def no_dataset(home: Path) -> None:
    write_recipe(home, "{path: datasets/other}")


def large_vocabulary(home: Path) -> None:
    recipe = home / "small.yaml"
    recipe.write_text(recipe.read_text().replace("1024", "50272"))


def unknown_key(home: Path) -> None:
    recipe = home / "small.yaml"
    recipe.write_text(recipe.read_text().replace("fim_rate", "fim_rat"))


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (without("train"), "small: dataset: the split train is empty"),
        (without("validation"), "small: dataset: the split validation is empty"),
        (nothing_but_empty_texts, "small: dataset: the split validation is empty"),
        (no_text, "no column 'content'. Allowed in dataset.text_column: id, language, path, project, text"),
        (changed, "small: data/go/train-00000-of-00001.parquet: changed since it was built"),
        (numbers_for_text, "dataset.text_column: text: holds int in datasets/small, not text"),
        (no_parquet, f"small: {GO}: broken: "),
        (no_dataset, "dataset.path: datasets/other: no dataset there"),
        (large_vocabulary, "50,272 tokens asked for, the sample gives"),
        (unknown_key, "data.fim_rat: unknown key. Allowed: fim_rate"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_wrong_is_one_line(home: Path, damage: Callable[[Path], None], line: str) -> None:
    damage(home)

    done = subprocess.run(
        [sys.executable, "-m", "seedbed.cli", "tokenize", "small.yaml"], capture_output=True, text=True, check=False
    )

    errors = [text for text in done.stderr.splitlines() if text.startswith("seedbed: ")]
    assert done.returncode == 2, done.stderr
    assert len(errors) == 1
    assert line in errors[0]
    assert "Traceback" not in done.stderr
    assert not (home / "build/tokens/small").exists()


def test_fewer_tokens_than_one_batch_are_refused(tokenized_home: Path) -> None:
    home = tokenized_home
    write_recipe(home, PATH, sequences=100_000)

    with pytest.raises(InputError, match=r"train: \d+,\d+ tokens, one batch takes 6,500,000 \(100,000 x 65\)"):
        run(job_in(home))


def test_a_changed_dataset_is_noticed_before_any_work(home: Path) -> None:
    changed(home)

    with pytest.raises(ManifestError):
        job_in(home)


def copied(made: Path, folder: Path) -> Path:
    subprocess.run(["cp", "-r", str(made), str(folder)], check=True)
    return folder


def test_another_tokenizer_beside_the_tokens_is_refused(made: Path, tmp_path: Path) -> None:
    recipe = load_train_recipe(write_recipe(tmp_path, PATH))
    folder = copied(made, tmp_path / "tokens")
    path = folder / "tokenizer" / "tokenizer.json"
    path.write_text(path.read_text() + "\n")

    with pytest.raises(InputError, match="not the tokenizer that made these tokens"):
        tokens_for(recipe, folder)


def test_tokens_of_another_vocabulary_are_refused(made: Path, tmp_path: Path) -> None:
    recipe = load_train_recipe(write_recipe(tmp_path, PATH))
    other = recipe.model_copy(update={"tokenizer": recipe.tokenizer.model_copy(update={"vocabulary_size": 2048})})

    with pytest.raises(InputError, match=r"a vocabulary of 1,024 tokens, the recipe says 2,048"):
        tokens_for(other, made)


def test_tokens_of_a_recipe_are_ready_to_train_on(made: Path, tmp_path: Path) -> None:
    recipe = load_train_recipe(write_recipe(tmp_path, PATH))

    assert tokens_for(recipe, made) == TokensManifest.load(made)


@pytest.mark.parametrize("text", ["", "{}", '{"format": "x"}'])
def test_a_tokens_json_that_is_none_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokens.json").write_text(text)

    with pytest.raises(InputError, match="Allowed: a tokens.json that `seedbed tokenize` writes"):
        TokensManifest.load(tmp_path)


def test_the_job_names_only_what_decides_the_tokens(home: Path) -> None:
    job = job_in(home)

    assert replace(job, tasks=9, workers=1).key == job.key


def test_the_tokens_are_made_of_what_the_stage_declares_to_read(home: Path) -> None:
    part = part_of(job_in(home).recipe, STAGE.reads)

    assert part.seed == 17
    for undeclared in ("steps", "optimizer", "batch", "hardware"):
        assert not hasattr(part, undeclared)
    assert not hasattr(part.model, "layers")
