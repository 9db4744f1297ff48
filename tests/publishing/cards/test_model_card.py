"""The model card: from model.json alone, strict about names, safe against values, and what the Hub's client models."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from huggingface_hub import ModelCard
from markdown_it import MarkdownIt

from seedbed.core.errors import InputError, ManifestError
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.text import formatting
from seedbed.publishing.cards import model_card, update
from tests.models.invented import make_model_manifest
from tests.publishing.cards.test_dataset_card import HOSTILE

GOLDEN = Path(__file__).parents[2] / "golden" / "model_readme.md"
REWRITE = os.environ.get("SEEDBED_GOLDEN") == "1"


@pytest.fixture
def facts() -> ModelManifest:
    return make_model_manifest()


def test_the_card_is_the_golden_one(facts: ModelManifest) -> None:
    text = model_card.model_card(facts)
    if REWRITE:
        GOLDEN.write_text(text, encoding="utf-8")

    assert text == GOLDEN.read_text(encoding="utf-8"), "make golden, then read the diff"


def test_a_manifest_comes_back_as_it_was_written(facts: ModelManifest, tmp_path: Path) -> None:
    facts.save(tmp_path)

    assert ModelManifest.load(tmp_path) == facts
    assert ModelManifest.load(tmp_path).dumps() == (tmp_path / "model.json").read_text()


@pytest.mark.parametrize(("text", "said"), [(None, "cannot be read"), ("{", "JSON"), ("{}", "name: Field required")])
def test_a_broken_manifest_is_one_line(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "model.json").write_text(text)

    with pytest.raises(ManifestError, match=said) as caught:
        ModelManifest.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_the_metadata_is_what_the_hub_client_models(facts: ModelManifest) -> None:
    data = ModelCard(model_card.model_card(facts)).data

    assert (data.library_name, data.pipeline_tag, data.license) == ("transformers", "text-generation", "apache-2.0")
    assert data.datasets == ["alice/invented-code"]
    assert {"cpp", "python", "fill-in-the-middle"} <= set(data.tags or [])


def test_a_misspelt_name_is_an_error(facts: ModelManifest, tmp_path: Path) -> None:
    (tmp_path / "model.md.jinja").write_text("{{ manifest.training.stepz }}")

    with pytest.raises(InputError, match=r"model\.md\.jinja: .*stepz"):
        model_card.model_card(facts, tmp_path)


def _without(facts: ModelManifest, part: str) -> ModelManifest:
    training, data = facts.training, facts.data
    return {
        "gguf": facts.model_copy(update={"gguf": None}),
        "evaluations": facts.model_copy(update={"evaluations": ()}),
        "fim": facts.model_copy(update={"fim": {"rate": 0.0, "spm_rate": 0.0}}),
        "validation": facts.model_copy(update={"training": training.model_copy(update={"validation": ()})}),
        "plot": facts.model_copy(update={"training": training.model_copy(update={"loss_plot": None})}),
        "end": facts.model_copy(update={"training": training.model_copy(update={"steps": 5})}),
        "energy": facts.model_copy(update={"training": training.model_copy(update={"energy_kwh": 0.02})}),
        "hub dataset": facts.model_copy(
            update={
                "data": data.model_copy(update={"id": None, "revision": None, "licenses": (), "projects": None}),
                "evaluations": (),
            }
        ),
        "unknown licenses": facts.model_copy(update={"data": data.model_copy(update={"licenses": ()})}),
        "repository": facts.model_copy(update={"repository": "alice/invented"}),
        "commit": facts.model_copy(update={"seedbed": facts.seedbed.model_copy(update={"commit": None})}),
    }[part]


@pytest.mark.parametrize(
    ("part", "there", "gone"),
    [
        ("gguf", "", "llama.cpp"),
        ("evaluations", "not evaluated", "HumanEval"),
        ("fim", "the recipe cuts no file", "<fim_prefix>{before}"),
        ("validation", "", "Validation loss went"),
        ("plot", "", "assets/loss.png"),
        ("end", "5 of 800 planned: this run was stopped", ""),
        ("energy", "0.020 kWh, measured", "were not measured"),
        ("hub dataset", "SHA-256 `2e2e2e2e", "alice/invented-code"),
        ("unknown licenses", "which its own page names", "all permissive"),
        ("repository", 'from_pretrained("alice/invented")', "build/models"),
        ("commit", "", "commit `"),
    ],
)
def test_what_is_not_known_leaves_no_hole(facts: ModelManifest, part: str, there: str, gone: str) -> None:
    text = model_card.model_card(_without(facts, part))

    assert there in text
    assert not gone or gone not in text
    for filler in ("None", "Undefined", "{{", "{%", " nan ", "More Information"):
        assert filler not in text


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_name_changes_no_structure(facts: ModelManifest, value: str) -> None:
    def named(name: str) -> str:
        training = facts.training.model_copy(update={"hardware": name, "versions": {name: name}})
        data = facts.data.model_copy(update={"name": name})
        text = model_card.model_card(facts.model_copy(update={"title": name, "training": training, "data": data}))
        return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text.split("\n---\n", 1)[1]))

    tags = re.compile(r"<(/?[a-z0-9]+)")
    assert tags.findall(named(value)) == tags.findall(named("harmless"))
    assert "\u202e" not in named(value)


def test_a_card_names_the_repository_it_is_published_to(facts: ModelManifest, tmp_path: Path) -> None:
    facts.save(tmp_path)
    (tmp_path / "README.md").write_text(model_card.model_card(facts), encoding="utf-8")

    pages = update.model_pages(tmp_path, "alice/grown")

    assert b'from_pretrained("alice/grown")' in pages["README.md"]
    assert b'"repository": "alice/grown"' in pages["model.json"]


def test_a_card_changed_by_hand_stands(facts: ModelManifest, tmp_path: Path) -> None:
    facts.save(tmp_path)
    (tmp_path / "README.md").write_text(model_card.model_card(facts) + "\nMine.\n", encoding="utf-8")

    assert update.model_pages(tmp_path, "alice/grown") == {}


@pytest.mark.parametrize(
    ("number", "said"),
    [(8192, "8,192"), (4_232_000, "4.2 million"), (135_000_000, "135 million"), (8_170_000_000, "8.2 billion")],
)
def test_large_counts_are_told_in_words(number: int, said: str) -> None:
    assert formatting.million(number).replace("\u00a0", " ") == said


@pytest.mark.parametrize(("value", "said"), [(2.86e-6, "2.9 × 10⁻⁶"), (0.0, "0"), (1.0, "1.0 × 10⁰")])
def test_small_numbers_are_told_with_their_power(value: float, said: str) -> None:
    assert formatting.scientific(value).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(45.5, "46 s"), (425.0, "7 min 5 s"), (90_000.0, "25 h 0 min"), (59.7, "1 min 0 s")]
)
def test_times_are_told_in_two_units(seconds: float, said: str) -> None:
    assert formatting.duration(seconds).replace("\u00a0", " ") == said
