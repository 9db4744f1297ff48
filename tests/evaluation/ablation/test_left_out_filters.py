"""What can be left out, and what is then shared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from datatrove.data import Document

from pipeline import clean, dedup, filters, ingest, pair, variants
from seedbed.core.errors import InputError
from seedbed.core.runs.job import Job
from seedbed.data.dedup.steps import REASONS
from seedbed.data.filters.language import LanguageFilter

STARTER = Path(__file__).parents[3] / "recipes" / "data" / "starter.yaml"
RECIPE = filters.load(STARTER)
STAGES = (ingest, clean, pair, dedup)


def block_names(*without: str) -> list[str]:
    steps = [*ingest.filters(RECIPE, without), *clean.filters(RECIPE, "legal", without)]
    return [step.name for step in steps]


@pytest.mark.parametrize("name", ["limits", "generated", "secrets", "license", "syntax", "complexity"])
def test_a_block_that_is_left_out_is_the_only_one_missing(name: str) -> None:
    assert sorted([*block_names(*variants.left_out(name)), name]) == sorted(block_names())


def test_without_the_filter_language_documents_are_still_told_theirs() -> None:
    page = Document(text="<!DOCTYPE html>\n<html><body>\n<p>Hi</p>\n</body></html>\n", id="0", metadata={"path": "a.html"})
    every = next(block for block in clean.filters(RECIPE, "legal", ("language",)) if block.name == "language")

    assert every.filter(page) is True
    assert page.metadata["language"] == "HTML"
    assert LanguageFilter(RECIPE.languages).filter(page) == (False, "language_not_selected")


def test_all_leaves_what_is_decoded_in_the_languages_of_the_recipe() -> None:
    assert block_names(*variants.left_out("all")) == ["decode", "language", "fingerprints", "notices"]


def test_copies_that_can_be_spared_are_reasons_of_the_gate() -> None:
    assert set(dedup.REASONS.values()) < set(REASONS.values())


@pytest.mark.parametrize("name", ["near_dup", "", "decode", "license evidence", "fingerprints", "duplicates"])
def test_no_other_name_is_taken(name: str) -> None:
    with pytest.raises(InputError) as caught:
        variants.left_out(name)

    assert str(caught.value) == (
        f"FILTER {name}: no such filter. Allowed: limits, language, generated, secrets, license, syntax, complexity, "
        "exact_dedup, near_dedup, or all."
    )


@pytest.mark.parametrize(
    ("name", "shared"), [("limits", []), ("all", []), ("syntax", ["ingest"]), ("near_dedup", ["ingest", "clean", "pair"])]
)
def test_stages_that_the_filter_does_not_touch_are_those_of_the_first_run(tmp_path: Path, name: str, shared: list[str]) -> None:
    done = Job(RECIPE, STARTER, tmp_path / "build", tmp_path / "out", 4, 2)
    other = replace(done, build=tmp_path / "place", without=variants.left_out(name), shared=done.home)
    for stage in STAGES:
        done.start(stage.STAGE).folder()

    places = {stage.STAGE.name: other.at(stage.STAGE).work for stage in STAGES}

    assert [stage for stage, place in places.items() if place.parent == done.home] == shared
    assert {place.parent for place in places.values()} <= {done.home, other.home}


def test_starting_a_stage_without_a_filter_leaves_the_first_run_as_it_is(tmp_path: Path) -> None:
    done = Job(RECIPE, STARTER, tmp_path / "build", tmp_path / "out", 4, 2)
    other = replace(done, build=tmp_path / "place", without=("syntax",), shared=done.home)
    for stage in STAGES:
        done.start(stage.STAGE).folder()

    for stage in STAGES:
        other.start(stage.STAGE).folder()

    assert all(done.at(stage.STAGE).work.is_dir() for stage in STAGES)
