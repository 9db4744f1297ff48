"""`seedbed evaluate` with a real, tiny model: kept as it goes, the same after a stop, one line for what cannot be asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pipeline import evaluate as stage
from seedbed.cli import main
from seedbed.core.manifests.model import ModelManifest
from seedbed.evaluation.results import Results
from seedbed.evaluation.runner import Evaluation, describe, evaluate
from seedbed.evaluation.tasks import load_task
from seedbed.models.conversion.gguf_file import FORMATS, GgufMetadata, write
from seedbed.models.inference import open_backend
from seedbed.models.inference.backend import Backend, Cancelled, Completion, Ids, Sampling, never
from seedbed.publishing.cards import model_card
from tests.evaluation.asked import DOCUMENTS, TASKS, write_tasks
from tests.models.invented import make_model_manifest
from tests.models.runs import make_tokenizer
from tests.models.small_dataset import by_split, code
from tests.models.small_dataset import write as write_dataset
from tests.models.tiny_model import make_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder without a card. Do not change it."""
    folder = tmp_path_factory.mktemp("evaluated")
    make_tokenizer(folder / "tokenizer")
    return make_model(folder / "tiny", folder / "tokenizer", context=128)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("small") / "small", by_split(code()))


@pytest.fixture(scope="module")
def backend(model: Path) -> Iterator[Backend]:
    opened = open_backend(model)
    yield opened
    opened.close()


@pytest.fixture
def job(model: Path, backend: Backend, tmp_path: Path) -> Callable[..., Evaluation]:
    def make(out: str = "out", by: Backend = backend, limit: int | None = 6) -> Evaluation:
        sheet = describe(str(model), None, backend, None, "seedbed evaluate tiny")
        (tmp_path / out).mkdir(exist_ok=True)
        return Evaluation(sheet, by, lambda: DOCUMENTS, tmp_path / out, limit)

    return make


@pytest.fixture
def tasks(tmp_path: Path) -> Callable[..., list[object]]:
    return lambda *names, **more: [load_task(Path(path)) for path in write_tasks(tmp_path / "tasks", *names, **more).split(",")]


def said(made: Results) -> dict[str, list[tuple[str, ...]]]:
    """What was written to each problem, without the times."""
    return {
        task.name: [(record.id, *(sample.completion for sample in record.samples), str(record.values)) for record in task.records]
        for task in made.tasks
        if task.kind != "latency"
    }


def test_the_command_asks_every_kind_and_keeps_every_sample(
    model: Path, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", str(model), "--tasks", write_tasks(tmp_path), "--data", str(dataset), "--out", str(tmp_path / "out")]
    assert main(words) == 0

    made = Results.load(tmp_path / "out")
    assert [task.name for task in made.tasks] == sorted(TASKS)
    assert all(task.not_run is None and task.scores and task.records for task in made.tasks)
    assert made.data is not None
    assert made.data.manifest_sha256
    assert len(made.model.sha256) == 64
    assert sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file()) == ["lock", "results.json"]
    printed = capsys.readouterr().out
    assert "bits per byte" in printed
    assert str(tmp_path) not in (tmp_path / "out" / "results.json").read_text()


class Interrupting:
    """A backend whose person loses patience in the middle."""

    def __init__(self, inside: Backend, after: int) -> None:
        self._inside, self.left, self.asked = inside, after, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._inside, name)

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left, self.asked = self.left - 1, self.asked + len(prompts)
        return self._inside.generate(prompts, sampling, cancelled)


def test_what_was_stopped_goes_on_and_ends_the_same(
    job: Callable[..., Evaluation], tasks: Callable[..., list[object]], backend: Backend
) -> None:
    some = tasks("lines", "middles", "parsing", problems=9)
    whole = evaluate(job("whole", limit=12), some, print)  # type: ignore[arg-type]

    stopped = Interrupting(backend, after=3)
    with pytest.raises(KeyboardInterrupt):
        evaluate(job("stopped", stopped, limit=12), some, print)  # type: ignore[arg-type]
    rest = Interrupting(backend, after=-1)
    resumed = evaluate(job("stopped", rest, limit=12), some, print)  # type: ignore[arg-type]

    assert said(resumed) == said(whole)
    assert (stopped.asked, rest.asked) == (20, 16)


def test_fewer_problems_are_the_first_of_all(job: Callable[..., Evaluation], tasks: Callable[..., list[object]]) -> None:
    some = tasks("middles")
    few, more = evaluate(job("few", limit=2), some, print), evaluate(job("more", limit=5), some, print)  # type: ignore[arg-type]

    assert said(few)["middles"] == said(more)["middles"][:2]
    assert few.tasks[0].problems_sha256 != more.tasks[0].problems_sha256
    assert (few.tasks[0].limit, more.tasks[0].limit) == (2, 5)


def test_other_tasks_stay_and_another_models_are_put_aside(
    job: Callable[..., Evaluation], tasks: Callable[..., list[object]], capsys: pytest.CaptureFixture[str]
) -> None:
    lines, middles = tasks("lines"), tasks("middles")
    evaluate(job(), lines, print)  # type: ignore[arg-type]
    both = evaluate(job(), middles, print)  # type: ignore[arg-type]
    assert [task.name for task in both.tasks] == ["lines", "middles"]

    other = job()
    sheet = other.sheet.model_copy(update={"model": other.sheet.model.model_copy(update={"sha256": "9" * 64})})
    alone = evaluate(Evaluation(sheet, other.backend, other.documents, other.out, 2), lines, print)  # type: ignore[arg-type]
    (aside,) = other.out.glob("replaced-*.json")
    assert [task.name for task in alone.tasks] == ["lines"]
    assert Results.load(aside) == both
    assert aside.name in capsys.readouterr().out


def test_what_cannot_be_asked_says_why(
    model: Path, job: Callable[..., Evaluation], tasks: Callable[..., list[object]], tmp_path: Path
) -> None:
    write(model, tmp_path / "tiny.gguf", FORMATS["f16"], GgufMetadata("tiny", "a tiny model", "apache-2.0"))
    opened = open_backend(tmp_path / "tiny.gguf")
    try:
        told = evaluate(job("gguf", opened), tasks("bits", "lines"), print)  # type: ignore[arg-type]
    finally:
        opened.close()
    bits, lines = told.tasks
    assert "llama.cpp does not tell how likely a text is" in str(bits.not_run)
    assert lines.not_run is None

    without = job("without")
    nothing = Evaluation(without.sheet, without.backend, "no dataset is named", without.out)
    assert evaluate(nothing, tasks("lines"), print).tasks[0].not_run == "no dataset is named"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["MODEL", "--tasks", "nothing"], "nothing: no such task. Allowed: bits-per-byte, humaneval"),
        (["MODEL", "--tasks", "latency,latency"], "each task once"),
        (["MODEL", "--limit", "0"], "--limit 0: not a number of problems"),
        (["MODEL", "--data", "nowhere", "--tasks", "next-line"], "nowhere"),
        (["nothing-there", "--tasks", "next-line"], "nothing-there: no such model"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["evaluate", *(str(model) if word == "MODEL" else word for word in words)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_dataset_is_the_models_own_where_it_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    facts = make_model_manifest()
    own = facts.model_copy(
        update={
            "data": facts.data.model_copy(update={"id": None, "revision": None}),
            "recipe": facts.recipe.model_copy(update={"data": {"dataset": {"path": "data"}}}),
        }
    )
    (tmp_path / "mine").mkdir()
    own.save(tmp_path / "mine")

    assert stage.data_of("mine", None) is None
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.json").write_text("{}")
    assert stage.data_of("mine", None) == stage.data_of("mine", "data")
    facts.save(tmp_path / "mine")
    chosen = stage.data_of("mine", None)
    assert chosen is not None
    assert (chosen.id, chosen.revision) == ("alice/invented-code", "cd" * 20)


def test_the_scores_are_put_on_the_models_own_card(model: Path, dataset: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    for path in model.iterdir():
        (mine / path.name).write_bytes(path.read_bytes())
    facts = make_model_manifest().model_copy(update={"evaluations": (), "pictures": ()})
    facts.save(mine)
    (mine / "README.md").write_text(model_card.model_card(facts))

    words = ["evaluate", str(mine), "--tasks", write_tasks(tmp_path, "lines", "bits"), "--data", str(dataset)]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0

    (sheet,) = ModelManifest.load(mine).evaluations
    assert sheet == Results.load(tmp_path / "out").sheet()
    text = (mine / "README.md").read_text()
    assert text == model_card.model_card(ModelManifest.load(mine))
    assert "| Bits | bits per byte |" in text
    assert json.loads((mine / "model.json").read_text())["evaluations"][0]["tasks"][0]["name"] == "bits"
    assert {path.name for path in (mine / "assets").iterdir()} == {"evaluation-shares.png", "evaluation-bits.png"}
