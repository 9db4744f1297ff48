"""A model folder with scores: the card's, the Hub's two forms of them, and nothing where they are another model's."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from huggingface_hub import ModelCard
from huggingface_hub._eval_results import parse_eval_result_entries

from pipeline import convert
from seedbed.core.io.files import model_sha256
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.models.conversion.model_folder import make_job
from seedbed.publishing.cards import model_card, update
from tests.evaluation.made import results as make_results
from tests.evaluation.made import task as make_task
from tests.models.invented import make_model_manifest, make_sheet


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder without scores; its weights are a word."""
    place = tmp_path / "model"
    place.mkdir()
    (place / "model.safetensors").write_text("weights")
    (place / "tokenizer.json").write_text("{}")
    facts = make_model_manifest().model_copy(update={"evaluations": (), "pictures": ()})
    facts.save(place)
    (place / "README.md").write_text(model_card.model_card(facts), encoding="utf-8")
    return place


def sheet_of(folder: Path) -> ScoreSheet:
    sheet = make_sheet()
    return sheet.model_copy(update={"model": sheet.model.model_copy(update={"sha256": model_sha256(folder)})})


def test_scores_are_on_the_card_with_their_plots(folder: Path) -> None:
    assert update.put(folder, sheet_of(folder)) is None

    facts = ModelManifest.load(folder)
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert facts.evaluations == (sheet_of(folder),)
    assert text == model_card.model_card(facts)
    assert [(folder / picture.path).read_bytes()[:4] for picture in facts.pictures] == [b"\x89PNG"] * 2
    assert all(f"]({picture.path})" in text for picture in facts.pictures)


def test_the_hubs_client_reads_the_older_form(folder: Path) -> None:
    update.put(folder, sheet_of(folder))

    told = ModelCard.load(folder / "README.md").data.eval_results
    assert told is not None
    found = {(one.dataset_type, one.metric_type): one.metric_value for one in told}
    assert found["openai/openai_humaneval", "pass@1"] == 0.125
    assert found["alice/invented-code", "bits_per_byte"] == 1.9


def test_the_hubs_client_reads_the_newer_form(folder: Path) -> None:
    update.put(folder, sheet_of(folder))

    files = sorted((folder / ".eval_results").iterdir())
    assert [path.name for path in files] == ["bits-per-byte.yaml", "humaneval.yaml", "syntax.yaml"]  # latency: a part alone
    (entry,) = parse_eval_result_entries(yaml.safe_load(files[1].read_text()))
    assert (entry.dataset_id, entry.task_id, entry.value) == ("openai/openai_humaneval", "openai_humaneval", 12.5)
    assert entry.notes == "pass@1 in percent, n 20, temperature 0.2, top_k 50; 164 problems, 95 % interval 11.25 % to 13.75 %"


def test_what_was_told_before_is_gone(folder: Path) -> None:
    update.put(folder, sheet_of(folder))
    update.put(folder, sheet_of(folder).model_copy(update={"tasks": make_sheet().tasks[2:3]}))

    assert list((folder / ".eval_results").iterdir()) == []
    assert list((folder / "assets").iterdir()) == []
    assert "Latency" in (folder / "README.md").read_text(encoding="utf-8")


def test_scores_of_other_weights_and_cards_of_a_person_are_left_alone(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*")}
    assert "other weights" in str(update.put(folder, make_sheet()))
    assert {path: path.read_bytes() for path in folder.rglob("*")} == before

    (folder / "README.md").write_text("mine")
    assert "changed by hand" in str(update.put(folder, sheet_of(folder)))
    assert (folder / "README.md").read_text() == "mine"


def test_conversion_takes_scores_of_these_very_weights_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "build" / "evaluations" / "starter").mkdir(parents=True)
    recipe = Path(__file__).parents[3] / "recipes" / "train" / "starter.yaml"
    job = make_job(recipe, tmp_path, tmp_path / "build" / "runs" / "starter", tmp_path)

    assert convert.known_scores(job, folder) is None
    made = make_results([make_task("lines", {"a": 1.0})])
    made.save(tmp_path / "build" / "evaluations" / "starter")
    assert convert.known_scores(job, folder) is None
    assert "of other weights, so not on the card" in capsys.readouterr().err
    mine = made.model_copy(update={"model": made.model.model_copy(update={"sha256": model_sha256(folder)})})
    mine.save(tmp_path / "build" / "evaluations" / "starter")
    assert convert.known_scores(job, folder) == mine.sheet()
