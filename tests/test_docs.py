"""The documents against the code: no command, key or column that is not there, none that is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from seedbed.core.config.training import TrainRecipe, load_train_recipe
from seedbed.evaluation.tasks import kinds
from seedbed.finetuning.recipe import FinetuneRecipe
from seedbed.serving.completion.safety import SafetyPolicy
from tests.cli import reference

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "recipes").glob("*.md")]
pytestmark = pytest.mark.docs


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*?## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def commands() -> dict[str, set[str]]:
    """Options of each command."""
    return {name: reference.options(command) for name, command in reference.commands().items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_named_in_a_page_exists(page: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))

    assert named <= targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_in_a_page_exists(page: Path) -> None:
    known = commands()
    for line in re.findall(r"(?:^|`)seedbed ([^`\n]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
        word, *rest = line.split()
        assert word in known or word.startswith("-"), line
        assert set(re.findall(r"--[a-z-]+", " ".join(rest))) <= known.get(word, set()) | {"--help"}, line


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 700


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_inside_the_repository_is_dead(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_site_is_not_built_with_a_dead_anchor(tmp_path: Path) -> None:
    (flags,) = re.findall(r"mkdocs build (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    for name in ("docs", "recipes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for path in (ROOT / "mkdocs.yml", *ROOT.glob("*.md")):
        shutil.copy(path, tmp_path)
    (tmp_path / "docs" / "index.md").write_text("# Seedbed\n\n[A command](reference/cli.md#nowhere)\n", encoding="utf-8")

    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *flags.split()], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert built.returncode == 1
    assert "does not contain an anchor '#nowhere'" in built.stderr


def test_every_path_of_the_repository_that_a_page_names_exists() -> None:
    for page in PAGES:
        for path in re.findall(
            r"`((?:src|tests|docs|recipes|pipeline|cards)/[\w./-]+\.(?:py|md|yaml|jinja))`", page.read_text(encoding="utf-8")
        ):
            assert "NAME" in path or (ROOT / path).exists(), f"{page.name}: {path}"


def test_a_stage_is_started_by_its_command() -> None:
    listed = subprocess.run(
        ["git", "grep", "-lE", r"-m\W+pipeline\b", "--", ":!tests/test_docs.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert listed.stdout == ""


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        choices = (field.annotation, *get_args(field.annotation))  # a part may be optional
        inside = next((one for one in choices if isinstance(one, type) and issubclass(one, BaseModel)), None)
        if inside:
            yield from keys_of(inside, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def test_every_key_of_a_training_recipe_is_explained_and_no_other() -> None:
    text = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8").partition("# Train\n")[2].partition("\n# ")[0]

    explained = [key for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for key in re.findall(r"`([\w.]+)`", row)]
    assert sorted(explained) == sorted(keys_of(TrainRecipe))


def test_the_starters_column_is_the_starters_recipe() -> None:
    text = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8").partition("# Train\n")[2].partition("\n# ")[0]
    recipe = load_train_recipe(ROOT / "recipes" / "train" / "starter.yaml").model_dump()

    for keys, told in re.findall(r"^\| (`.*?) \|.*\| ([^|\s][^|]*?) \|$", text, re.MULTILINE):
        values = [reduce(getitem, key.split("."), recipe) for key in re.findall(r"`([\w.]+)`", keys)]
        assert [meant(word) for word in told.split(", ")] == values, keys


def meant(word: str) -> object:
    """A value of a recipe as the table writes it."""
    plain = word.strip("`")
    try:
        return {"yes": True, "no": False}[plain] if plain in {"yes", "no"} else float(plain.replace(",", ""))
    except ValueError:
        return plain


def test_every_key_of_an_evaluation_task_is_explained_and_no_other() -> None:
    text = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8").partition("# Evaluation tasks\n")[2].partition("\n# ")[0]

    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", text, re.MULTILINE)
    explained = [key for row, _ in rows for key in re.findall(r"`([\w.]+)`", row)]
    assert sorted(explained) == sorted({key for kind in kinds().values() for key in keys_of(kind)})
    assert {kind for _, kinds in rows for kind in re.findall(r"`([\w-]+)`", kinds)} == set(kinds())


def test_every_key_of_a_fine_tuning_recipe_is_explained_and_no_other() -> None:
    text = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8").partition("# Fine-tuning\n")[2].partition("\n# ")[0]

    explained = [key for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for key in re.findall(r"`([\w.]+)`", row)]
    assert sorted(explained) == sorted(keys_of(FinetuneRecipe))


def test_every_key_of_a_safety_policy_is_explained_and_no_other() -> None:
    text = (ROOT / "recipes" / "README.md").read_text(encoding="utf-8").partition("# Safety\n")[2].partition("\n# ")[0]

    explained = [key for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for key in re.findall(r"`([\w.]+)`", row)]
    assert sorted(explained) == sorted(keys_of(SafetyPolicy))


def test_help_lists_every_target() -> None:
    listed = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    declared = re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared
    assert sorted(re.findall(r"^ +make ([a-z-]+)", listed, re.MULTILINE)) == sorted(declared[1].split())


def test_the_table_of_layers_is_what_the_linter_holds() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("| policy,")[2].partition("\n\n")[0]

    rows = [re.findall(r"`([\w.]+)`", row.split("|")[2]) for row in table.splitlines()[1:]]

    assert [sorted(row) for row in rows] == [sorted(re.findall(r"[\w.]+", layer)) for layer in layers]
