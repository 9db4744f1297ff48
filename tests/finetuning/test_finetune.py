"""The whole way with a tiny model: feedback in a folder, adapter and model where it got better, neither where it did not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml
from peft import PeftModel
from transformers import AutoModelForCausalLM

from seedbed.core.config.training import DatasetChoice
from seedbed.core.manifests import integrity
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.data.attribution.build import build
from seedbed.data.attribution.layout import KEYS
from seedbed.data.attribution.tokens import stripped
from seedbed.evaluation.prompts import read_split
from seedbed.publishing.cards import model_card
from tests.finetuning import feedback
from tests.localhub.process import running_hub
from tests.models import small_dataset
from tests.models.invented import make_model_manifest
from tests.models.runs import make_tokenizer
from tests.models.tiny_model import make_model
from tests.publishing.hub.publishing import Person

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dataset/, base/ and feedback/."""
    folder = tmp_path_factory.mktemp("finetune")
    dataset = folder / "dataset"
    rows = small_dataset.by_split(small_dataset.code())
    small_dataset.write(dataset, rows)
    told = [dict.fromkeys(KEYS, "MIT") | one for some in rows.values() for one in some]
    build([one | {"text": stripped(one["text"], one["language"]).decode()} for one in told], dataset / "attribution")
    integrity.seal(small_dataset.manifest(), dataset)
    make_tokenizer(folder / "tokenizer")
    base = make_model(folder / "base", folder / "tokenizer", context=128)
    shape = make_model_manifest().architecture.model_copy(update={"context": 128})
    make_model_manifest().model_copy(update={"architecture": shape}).save(base)
    asked = list(feedback.places(read_split(DatasetChoice(path=str(dataset)), "validation"), 40))
    feedback.write(folder / "feedback", (feedback.event(number, one, one.truth) for number, one in enumerate(asked)))
    return folder


def recipe(place: Path, name: str, learning_rate: float = 0.02, least: int = 10) -> Path:
    data = yaml.safe_load((ROOT / "recipes" / "finetune" / "starter.yaml").read_text())
    data |= {"name": name, "dataset": "dataset", "feedback": "feedback", "model": {"path": "base", "id": "alice/base"}}
    data["least"] = {"train": least, "held_out": 3}
    data["training"] |= {"learning_rate": learning_rate, "epochs": 2, "checkpoint_steps": 2}
    data["judging"] |= {"tasks": ["bits-per-byte"], "problems": 4}
    path = place / f"{name}.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


def start(place: Path, path: Path, *options: str, variables: dict[str, str] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "seedbed.cli", "finetune", path.name, *options]
    variables = (variables or dict(os.environ)) | {"LOCAL_WORLD_SIZE": "2", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, cwd=place, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(place: Path, path: Path, *options: str, variables: dict[str, str] | None = None) -> tuple[int, str, str]:
    process = start(place, path, *options, variables=variables)
    out, err = process.communicate()
    return process.returncode, out, err


@pytest.fixture(scope="module")
def better(place: Path) -> Path:
    """Folder of a run that got better."""
    code, out, err = run(place, recipe(place, "tiny"))
    assert code == 0, err
    assert "The model got better" in out, out + err
    return place / "build" / "finetunes" / "tiny"


def test_a_better_model_is_the_base_with_the_adapter_merged_in(better: Path, place: Path) -> None:
    base = AutoModelForCausalLM.from_pretrained(place / "base")
    adapted = PeftModel.from_pretrained(base, better / "adapter")
    merged = AutoModelForCausalLM.from_pretrained(better / "model")
    ids = torch.tensor([[5, 9, 200, 17, 3, 44]])

    with torch.no_grad():
        assert torch.allclose(adapted(ids).logits, merged(ids).logits, atol=1e-4)
    assert sorted(path.suffix for path in (better / "model" / "gguf").iterdir()) == [".gguf"] * 3


def test_cards_and_report_tell_the_same_and_no_folder_of_this_machine(better: Path, place: Path) -> None:
    facts = ModelManifest.load(better / "model")
    report = Finetune.load(better)

    assert facts.finetuning == report
    assert (better / "model" / "README.md").read_text() == model_card.model_card(facts)
    assert report.train + report.held_out <= report.funnel[0].events_in
    for path in better.rglob("*"):
        if path.suffix in {".json", ".md", ".yaml"}:
            assert str(place) not in path.read_text(), path
    assert json.loads((better / "adapter" / "adapter_config.json").read_text())["base_model_name_or_path"] == "alice/base"
    assert "base_model: alice/base" in (better / "adapter" / "README.md").read_text()


def test_what_got_better_is_published_with_cards_that_the_hub_takes(better: Path, place: Path, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        person = Person(hub.url, tmp_path / "home")
        code, _, err = run(place, recipe(place, "tiny"), "--publish", "alice/tiny", variables=person.environment)
        assert code == 0, err
        adapter, model = (person.api.model_info(f"alice/tiny{part}") for part in ("-adapter", ""))

    assert {"adapter_config.json", "adapter_model.safetensors", "README.md"} <= {
        file.rfilename for file in adapter.siblings or ()
    }
    assert {"model.safetensors", "gguf/tiny-f16.gguf", "model.json"} <= {file.rfilename for file in model.siblings or ()}
    assert [one.card_data and one.card_data.base_model for one in (adapter, model)] == ["alice/base", "alice/base"]


def test_a_model_that_is_no_better_leaves_the_figures_and_no_model(better: Path, place: Path) -> None:
    code, out, err = run(place, recipe(place, "tiny", learning_rate=1e-12))

    assert code == 0, err
    assert "The model got no better" in out
    assert "Nothing is published" in out
    assert sorted(path.name for path in better.iterdir()) == ["report.json", "report.md"]


def test_too_few_events_are_one_line(place: Path) -> None:
    code, out, err = run(place, recipe(place, "few", least=5000))

    last = err.strip().splitlines()[-1]
    assert (code, out) == (2, "")
    assert "Wanted: at least 5000 and 3" in last
    assert not (place / "build" / "finetunes" / "few").exists()


def test_feedback_that_is_not_there_is_one_line_and_no_hub_is_asked(place: Path) -> None:
    nowhere = dict(os.environ) | {"HF_ENDPOINT": "http://127.0.0.1:9"}

    code, out, err = run(place, recipe(place, "none"), "--feedback", "build/feedback", variables=nowhere)

    assert (code, out) == (2, "")
    assert err.startswith("seedbed: feedback: build/feedback: no such folder. Allowed: where `seedbed serve` ")


def test_feedback_without_events_is_one_line(place: Path) -> None:
    (place / "empty" / "events").mkdir(parents=True)

    code, out, err = run(place, recipe(place, "empty"), "--feedback", "empty")

    assert (code, out) == (2, "")
    assert err.startswith("seedbed: empty: 0 events, of which 0 can teach")


def steps_of(place: Path) -> Iterator[Path]:
    return (place / "build" / "work" / ".finetunes" / "stopped" / "runs").glob("*/checkpoint-*/trainer_state.json")


def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_weights(place: Path) -> None:
    whole = recipe(place, "whole", learning_rate=0.015)
    stopped = recipe(place, "stopped", learning_rate=0.015)
    assert run(place, whole)[0] == 0
    process = start(place, stopped)
    while process.poll() is None and not any(steps_of(place)):
        pass
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 130
    assert any(steps_of(place))

    assert run(place, stopped)[0] == 0

    runs = [next((place / "build" / "work" / ".finetunes" / name / "runs").glob("*")) for name in ("whole", "stopped")]
    weights = [(one / "adapter" / "adapter_model.safetensors").read_bytes() for one in runs]
    assert weights[0] == weights[1]
