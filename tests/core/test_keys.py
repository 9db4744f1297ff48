"""Work already done is recognised by what decides it: an edit throws away what rests on it, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import clean, dataset, dedup, ingest, package
from pipeline.filters import load
from seedbed.core.config.recipe import Recipe, part_of
from seedbed.core.runs.job import Job
from seedbed.core.runs.keys import code_of
from seedbed.evaluation.ablation.runs import TRAINING

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "recipes" / "data" / "starter.yaml"
STAGES = [*dataset.STAGES]


@cache
def starter() -> Recipe:
    return load(STARTER)


def job(build: Path, recipe: Recipe | None = None) -> Job:
    return Job(recipe or starter(), STARTER, build, build / "out", 4, 2)


def keys(of: Job) -> dict[str, str]:
    return {stage.STAGE.name: of.key(stage.STAGE) for stage in dataset.STAGES.values()}


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name in before if after[name] != before[name]]


def codes(tree: Path) -> dict[str, str]:
    """Hash of the code of every stage of a tree."""
    return {name: code_of(f"pipeline.{name}", path=[tree, tree / "src"]).sha256 for name in STAGES}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the library and the pipeline."""
    for name in ("src", "pipeline"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def lines_without(path: Path, word: str) -> None:
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if word not in line))


def test_a_filter_taken_out_of_the_pipeline_changes_its_stage_and_what_follows(tree: Path) -> None:
    before = codes(tree)

    lines_without(tree / "pipeline" / "clean.py", "Generated")

    assert changed(before, codes(tree)) == ["clean", "pair", "dedup", "attribute", "notices", "package"]


@pytest.mark.parametrize(
    ("folder", "stages"),
    [
        ("seedbed/serving", []),
        ("seedbed/cli", []),
        ("seedbed/models", []),
        ("seedbed/evaluation", []),
        ("localhub", []),
        ("seedbed/data/filters/complexity.py", STAGES[1:]),
        ("seedbed/data/dedup", STAGES[2:]),
        ("seedbed/publishing/plots", STAGES[6:]),
        ("seedbed/core/errors.py", STAGES),
    ],
)
def test_an_edit_changes_the_stages_that_import_it(tree: Path, folder: str, stages: list[str]) -> None:
    before, place = codes(tree), tree / "src" / folder

    for path in [place] if place.is_file() else place.rglob("*.py"):
        path.write_text(path.read_text() + "\nEDITED = 1\n")

    assert changed(before, codes(tree)) == stages


def test_a_comment_changes_no_stage(tree: Path) -> None:
    before = codes(tree)

    for path in [*(tree / "src").rglob("*.py"), *(tree / "pipeline").rglob("*.py")]:
        path.write_text("# A comment.\n" + path.read_text())

    assert codes(tree) == before


@pytest.mark.parametrize(
    ("code", "file"),
    [
        ("from house_rules import strict", "house_rules/strict.py"),
        ("import house_rule", "house_rule.py"),
        ("from importlib import import_module\nimport_module('pipeline.extra')", "pipeline/extra.py"),
        ("from importlib import import_module\nimport_module('.extra', __package__)", "pipeline/extra.py"),
        ("from importlib import import_module\nimport_module(f'{__package__}.{NAME}')", "pipeline/extra.py"),
        ("from pathlib import Path\nWORDS = [*Path(__file__).parent.glob('*.txt')]", "pipeline/words.txt"),
        ("from pathlib import Path\nWORDS = Path(__file__).with_name(f'{NAME}.txt')", "pipeline/words.txt"),
        ("from importlib import resources\nWORDS = resources.files('pipeline') / 'words.txt'", "pipeline/words.txt"),
    ],
)
def test_a_file_that_a_stage_reaches_by_another_way_decides_too(tree: Path, code: str, file: str) -> None:
    place = tree / file
    place.parent.mkdir(exist_ok=True)
    place.write_text("LIMIT = 1\n")
    with (tree / "pipeline" / "clean.py").open("a") as stage:
        stage.write(f"\nNAME = 'extra'\n{code}\n")
    before = codes(tree)

    place.write_text("LIMIT = 2\n")

    assert changed(before, codes(tree)) == STAGES[1:]


def test_words_that_the_license_filter_goes_by_are_part_of_the_code() -> None:
    assert any(name.endswith(":legal_words.txt") for name in clean.STAGE.code.files)


def test_grammars_are_part_of_the_code_of_clean_and_their_versions_are_published(tmp_path: Path) -> None:
    assert {"tree-sitter-rust", "scancode-toolkit"} <= clean.STAGE.code.packages.keys()
    assert {"tree-sitter-rust", "scancode-toolkit", "python"} <= job(tmp_path).at(package.STAGE).versions.keys()
    assert "scancode-toolkit" not in ingest.STAGE.code.packages


def limit(**values: float) -> Callable[[Recipe], Recipe]:
    return lambda recipe: recipe.model_copy(update={"limits": recipe.limits.model_copy(update=values)})


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        (limit(max_lines=1), []),
        (limit(max_cyclomatic=7), STAGES[1:]),
        (limit(min_lines=7), STAGES),
        (lambda recipe: recipe.model_copy(update={"languages": ("Go",)}), STAGES[1:]),
        (lambda recipe: recipe.model_copy(update={"sources": recipe.sources[1:]}), STAGES),
        (lambda recipe: recipe.model_copy(update={"sources": recipe.sources[::-1]}), []),
        (lambda recipe: recipe.model_copy(update={"title": "Other"}), ["package"]),
        (
            lambda recipe: recipe.model_copy(update={"splits": recipe.splits.model_copy(update={"salt": "other"})}),
            ["package"],
        ),
        (
            lambda recipe: recipe.model_copy(
                update={"near_duplicates": recipe.near_duplicates.model_copy(update={"max_distance": 1})}
            ),
            STAGES[2:],
        ),
    ],
)
def test_a_key_of_the_recipe_changes_the_stages_that_read_it(
    tmp_path: Path, change: Callable[[Recipe], Recipe], stages: list[str]
) -> None:
    assert changed(keys(job(tmp_path)), keys(job(tmp_path, change(starter())))) == stages


@pytest.mark.parametrize(
    ("without", "stages"),
    [(("limits",), STAGES), (("syntax",), STAGES[1:]), (("near_dedup",), STAGES[3:]), (("syntax", "near_dedup"), STAGES[1:])],
)
def test_a_filter_that_is_left_out_changes_its_stage(tmp_path: Path, without: tuple[str, ...], stages: list[str]) -> None:
    usual = job(tmp_path)

    other = replace(usual, without=without)

    assert changed(keys(usual), keys(other)) == stages
    assert keys(replace(usual, without=without[::-1])) == keys(other)


def test_the_number_of_tasks_names_the_folder_and_is_in_no_key(tmp_path: Path) -> None:
    usual = job(tmp_path)

    other = replace(usual, tasks=9, workers=1)

    assert keys(other) == keys(usual)
    assert other.at(clean.STAGE).work != usual.at(clean.STAGE).work
    assert replace(usual, workers=1).at(clean.STAGE).work == usual.at(clean.STAGE).work


def test_what_the_sources_were_found_to_be_decides(tmp_path: Path) -> None:
    usual = job(tmp_path)
    usual.home.mkdir(parents=True)
    usual.remember_sources("[1]")
    before = keys(usual)

    usual.remember_sources("[2]")

    assert changed(before, keys(usual)) == STAGES
    assert keys(replace(usual, recipe_path=tmp_path / "starter.yaml")) != keys(usual)  # relative sources start there


@pytest.mark.parametrize("version", [{}, {"version": "1.0"}])
def test_a_folder_whose_bytes_change_is_read_again_whatever_its_version_says(tmp_path: Path, version: dict[str, str]) -> None:
    source = tmp_path / "code" / "main.py"
    source.parent.mkdir()
    source.write_text("limit = 1\n")
    local = job(tmp_path, starter().model_copy(update={"sources": ({"archive": str(source.parent), **version},)}))
    local.home.mkdir(parents=True)
    ingest.plan(local)
    before = keys(local)

    source.write_text("limit = 2\n")
    ingest.plan(local)

    assert changed(before, keys(local)) == STAGES


def test_work_of_a_stage_under_another_key_is_dropped_when_it_starts(tmp_path: Path) -> None:
    old, new = job(tmp_path, limit(max_cyclomatic=7)(starter())), job(tmp_path)
    for stage in (ingest, clean, dedup):
        old.start(stage.STAGE).folder("documents")

    started = new.start(clean.STAGE)

    assert not old.at(clean.STAGE).work.exists()
    assert old.at(dedup.STAGE).work.exists()
    assert started.before("ingest") == old.at(ingest.STAGE).work
    assert started.before("ingest").exists()


def paths(data: Any, above: str = "") -> Iterator[str]:
    """Every key of a recipe, dotted."""
    for key, value in data.items():
        yield f"{above}{key}"
        if above == "" and key in SECTIONS:
            yield from paths(value, f"{key}.")


SECTIONS = {"limits", "license", "splits", "output", "near_duplicates"}
EVERY = sorted({*paths(starter().model_dump())} - SECTIONS)


def read(recipe: Any, key: str) -> Any:
    for name in key.split("."):
        recipe = getattr(recipe, name)
    return recipe


def can_read(recipe: Any, key: str) -> bool:
    try:
        return read(recipe, key) == read(starter(), key)
    except AttributeError:
        return False


def declared(key: str, reads: set[str]) -> bool:
    return key in reads or key.partition(".")[0] in reads


@given(st.sets(st.sampled_from([*EVERY, *sorted(SECTIONS)])))
def test_a_part_of_a_recipe_has_what_is_declared_and_nothing_else(reads: set[str]) -> None:
    part = part_of(starter(), reads)

    assert [key for key in EVERY if can_read(part, key)] == [key for key in EVERY if declared(key, reads)]


@pytest.mark.parametrize("stage", dataset.STAGES.values(), ids=STAGES)
def test_a_stage_is_given_what_it_declares_and_nothing_else(stage: ModuleType, tmp_path: Path) -> None:
    recipe = job(tmp_path).at(stage.STAGE).recipe

    assert {key for key in EVERY if can_read(recipe, key)} == {key for key in EVERY if declared(key, {*stage.STAGE.reads})}


def test_a_key_that_no_recipe_has_cannot_be_declared() -> None:
    with pytest.raises(AttributeError):
        part_of(starter(), ["limits.max_eror_ratio"])


def test_tokens_go_by_neither_filters_nor_training() -> None:
    files = code_of("pipeline.tokenize").files

    assert not [name for name in files if name.startswith(("seedbed.data", "seedbed.models.training", "seedbed.cli"))]
    assert "seedbed.models.tokens.packing" in files


def test_a_trained_model_goes_by_what_trains_it() -> None:
    code = code_of(*TRAINING)

    assert {"nanotron", "torch", "transformers"} <= code.packages.keys()
    assert not [name for name in code.files if name.startswith(("seedbed.data", "seedbed.publishing", "seedbed.evaluation"))]
