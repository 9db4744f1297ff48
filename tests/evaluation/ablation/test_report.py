"""The folder of a report, and the reports that a card shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from seedbed.core.errors import InputError
from seedbed.core.manifests.ablation import Ablation, of_recipe
from seedbed.evaluation.ablation.outcomes import write_report
from tests.evaluation.ablation.invented import outcome, report


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_report(report(), tmp_path)

    read = Ablation.load(tmp_path / "report.json")
    assert read.outcomes[0].difference == report().outcomes[0].difference
    assert read.model_copy(update={"outcomes": ()}) == report().model_copy(update={"outcomes": ()})
    assert read.dumps() == (tmp_path / "report.json").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plot.png", "report.json", "report.md"]
    with Image.open(tmp_path / "plot.png") as picture:
        assert picture.size[0] > picture.size[1] > 300


def test_the_page_says_finding_cost_and_size(tmp_path: Path) -> None:
    write_report(report(), tmp_path)
    page = (tmp_path / "report.md").read_text()

    for words in (
        "made a better model than the same dataset without it",
        "| bits per byte (lower is better) | 2.4250 | 2.5050 | -0.0800 | -0.1200 to -0.0400 | -0.1200 to -0.0400 | the filter helps |",
        "| not distinguishable from chance |",
        "seeds 17, 1017",
        "1 exact and 2 near copies",
        "| what the filter costs | 95 |",
        "Made by `make ablate FILTER=near_dedup SEEDS=2` on 2026-01-02 with 2 cores of An invented processor",
    ):
        assert words in page


def test_a_harm_is_told_as_plainly(tmp_path: Path) -> None:
    write_report(report("all", (outcome("bits_per_byte", 0.08, "worse"),)), tmp_path)

    page = (tmp_path / "report.md").read_text()
    assert "The cleaned dataset made a worse model than the raw input" in page
    assert "the filter harms" in page


def test_a_card_takes_the_reports_of_its_own_recipe(tmp_path: Path) -> None:
    write_report(report("syntax", data_sha256="aa" * 32), tmp_path / "syntax")
    write_report(report("all", data_sha256="bb" * 32), tmp_path / "all")
    (tmp_path / "work").mkdir()

    assert [one.name for one in of_recipe(tmp_path, "aa" * 32)] == ["syntax"]


def test_a_broken_report_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "report.json").write_text('{"format": 1}')

    with pytest.raises(InputError, match=r"report\.json: name: Field required .*make ablate"):
        list(of_recipe(tmp_path, "aa" * 32))
