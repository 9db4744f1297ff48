"""What can be left out, and what is then shared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from datatrove.data import Document

from pipeline import clean, dedup, filters, ingest, variants
from seedbed.core.errors import InputError
from seedbed.core.runs.workspace import Job
from seedbed.data.dedup.filter import REASONS
from seedbed.data.filters.language import LanguageFilter

STARTER = Path(__file__).parents[3] / "recipes" / "data" / "starter.yaml"
RECIPE = filters.load(STARTER)
STAGES = ("ingest", "clean", "dedup")


def job(build: Path, *without: str) -> Job:
    return Job(RECIPE, STARTER, build, build / "datasets" / "starter", 4, 2, without=without)


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
    assert block_names(*variants.left_out("all")) == ["decode", "language", "fingerprints"]


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


def test_what_is_left_out_is_in_the_key_and_nothing_else_of_it() -> None:
    keys = [job(Path("/b"), *without).key for without in ((), ("syntax",), ("license",), ("license", "syntax"))]

    assert len(set(keys)) == 4
    assert job(Path("/b"), "syntax", "license").key == keys[3]
    assert job(Path("/other"), "syntax").key == keys[1]


def work_of(done: Job) -> None:
    """Every stage's files, and the marks that it is done."""
    for number, stage in enumerate(STAGES, 1):
        for folder in (stage, f"rejected/{number}-{stage}"):
            (done.folder(folder) / "00000.jsonl.zst").write_text(stage)
    done.folder("legal")
    for name in ("ingest", "clean", "dedup-1-sign", "dedup-2-gather", "dedup-3-pair", "dedup-4-cluster", "dedup-5-filter"):
        (done.folder("logs", name, "completions") / "00000").touch()
    (done.work / "sources.json").write_text("[]")


@pytest.mark.parametrize(
    ("name", "there", "logs"),
    [
        ("limits", [], []),
        ("all", [], []),
        ("syntax", ["ingest"], ["ingest"]),
        (
            "near_dedup",
            ["clean", "dedup", "ingest"],
            ["clean", *(f"dedup-{n}" for n in ("1-sign", "2-gather", "3-pair", "4-cluster")), "ingest"],
        ),
    ],
)
def test_stages_that_the_filter_does_not_touch_are_shared(tmp_path: Path, name: str, there: list[str], logs: list[str]) -> None:
    done = job(tmp_path / "build")
    other = replace(done, build=tmp_path / "place", without=variants.left_out(name))
    work_of(done)

    variants.share(done, other)

    assert sorted(stage for stage in STAGES if (other.work / stage).is_dir()) == there
    assert sorted(path.parent.name for path in other.work.glob("logs/*/completions")) == logs
    assert (other.work / "sources.json").is_file() == bool(there)


def test_a_stage_that_was_done_there_is_not_written_over(tmp_path: Path) -> None:
    done = job(tmp_path / "build")
    other = replace(done, build=tmp_path / "place", without=("syntax",))
    work_of(done)
    variants.share(done, other)
    (other.work / "logs" / "ingest" / "completions" / "00001").touch()

    variants.share(done, other)

    assert (other.work / "logs" / "ingest" / "completions" / "00001").is_file()
