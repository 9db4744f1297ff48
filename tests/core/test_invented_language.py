"""A language is declared in one place: an invented one works in inspect, dataset, completion and playground."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
import yaml

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, functions_of, language_of, named, parse, walk
from seedbed.core.syntax.languages import register, unregister
from seedbed.data.attribution.tokens import tokens_of
from seedbed.data.filters.language import identify
from seedbed.evaluation.metrics.syntax import may_go_on, parses
from seedbed.finetuning.events import accepted_of
from seedbed.models.inference.backend import OtherFile
from seedbed.models.tokens.packing import imports_first
from seedbed.serving.completion.answer import Clock
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.prompt import PromptBuilder
from seedbed.serving.completion.references import imports_of
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.completion.retrieval.project_files import project_files
from seedbed.serving.feedback import FeedbackEvent, Outcome
from tests.data.sources.test_archives import make_tar
from tests.invented_language import BREW, PLAIN, SOURCE, register_all
from tests.serving.completion.scripted import ScriptedBackend
from tests.serving.http.upstream import running
from tests.spaces.process import APP, playground

pytestmark = pytest.mark.usefixtures("kept_findings")

ROOT = Path(__file__).parents[2]
WRITTEN = "return 1\nheat(2)\n"
PLAYGROUND = f"""
import runpy, sys
from tests.invented_language import register_all
register_all()
sys.path.insert(0, {str(APP.parent)!r})
runpy.run_path({str(APP)!r}, run_name="__main__")
"""


@dataclass(frozen=True)
class File:
    path: str
    language: str = "Plain"
    text: str = SOURCE


@pytest.fixture
def brew() -> Iterator[None]:
    register_all()
    yield
    for language in (BREW, PLAIN):
        unregister(language.name)


def seedbed(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.invented_language", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def recipe(folder: Path) -> Path:
    data = {"name": "small", "title": "Small", "description": "d", "contact": "c", "sources": [{"archive": "tea.tar"}]}
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(data | {"languages": ["Brew", "Plain", "Java"]}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Rows of a dataset of one archive, by path."""
    folder = tmp_path_factory.mktemp("tea")
    files = {
        "tea/LICENSE": (ROOT / "LICENSE").read_text(encoding="utf-8"),
        "tea/kettle.brew": SOURCE,
        "tea/broken.brew": SOURCE.replace("(", "").replace("}", "{"),
        "tea/pot.plain": SOURCE.replace("Kettle", "Pot").replace("minutes", "rounds").replace("> 90", "< 10")
        + "class A { }\n" * 9,
        "tea/Cup.java": SOURCE.replace("Kettle", "Cup").replace("String label", "double label")
        + "interface B { int c(); }\n" * 9,
    }
    make_tar(folder / "tea.tar", {name: text.encode() for name, text in files.items()}, "w")
    seedbed(folder, "dataset", recipe(folder), "--tasks", 2, "--workers", 2)
    tables = (folder / "build" / "datasets" / "small" / "data").glob("*/*.parquet")
    return {row["path"]: row for path in sorted(tables) for row in pq.read_table(path).to_pylist()}


def test_inspect_says_its_language_its_syntax_and_its_complexity(tmp_path: Path) -> None:
    path = tmp_path / "kettle.brew"
    path.write_text(SOURCE, encoding="utf-8")

    verdict = json.loads(seedbed(tmp_path, "inspect", path, "--json", "--recipe", recipe(tmp_path)).stdout)

    assert (verdict["language"], verdict["language_source"]) == ("Brew", "parse")
    assert verdict["syntax"] == {"error_ratio": 0.0, "valid": True}
    assert (verdict["complexity"]["cyclomatic_max"], verdict["complexity"]["nesting_max"]) == (3, 2)
    assert [function["name"] for function in verdict["complexity"]["functions"]] == ["Kettle::heat", "Kettle::label"]
    assert verdict["kept"]


def test_a_dataset_has_its_rows_and_not_what_does_not_parse(dataset: dict[str, dict[str, Any]]) -> None:
    assert {path: row["language"] for path, row in dataset.items()} == {
        "kettle.brew": "Brew",
        "pot.plain": "Plain",
        "Cup.java": "Java",
    }


def test_its_files_are_measured_by_what_it_declares(dataset: dict[str, dict[str, Any]]) -> None:
    columns = ("functions", "cyclomatic_max", "nesting_max")

    assert [dataset["kettle.brew"][name] for name in columns] == [2, 3, 2]  # `&&` adds a path in Java, not in Brew
    assert [dataset["Cup.java"][name] for name in columns] == [2, 4, 2]
    assert [dataset["pot.plain"][name] for name in columns] == [0, 0, 0]
    assert all(row["ast_fingerprint"] and row["syntax_native"] is None for row in dataset.values())


@pytest.mark.usefixtures("brew")
@pytest.mark.parametrize(
    ("text", "path", "language"),
    [
        (SOURCE, "a/kettle.brew", "Brew"),
        (SOURCE, "a/KETTLE.BREW", "Brew"),
        (SOURCE, "a/kettle.plain", "Plain"),
        (SOURCE, "a/Kettle.java", "Java"),
        ("#!/usr/bin/env brewer\npour(1)\n", "kettle", "Brew"),
        (SOURCE, "kettle", "Brew"),
    ],
)
def test_it_is_identified(text: str, path: str, language: str) -> None:
    assert identify(text, path).language == language


@pytest.mark.usefixtures("brew")
@pytest.mark.parametrize(("path", "language", "text"), [("a.brew", "Brew", "return 1\n"), ("a.plain", "Plain", WRITTEN)])
def test_a_completion_goes_by_its_suffix_and_its_blocks(path: str, language: str, text: str) -> None:
    request = CompletionRequest("def heat(x):\n    ", path=path)

    answer = Completer(ScriptedBackend((WRITTEN,))).complete(request)

    assert (request.language, answer.candidates[0].text) == (language, text)


@pytest.mark.usefixtures("brew")
@pytest.mark.parametrize(("path", "mark"), [("a.brew", "--"), ("a.plain", "//")])
def test_other_files_come_behind_its_comment_mark(path: str, mark: str) -> None:
    backend = ScriptedBackend(())
    request = CompletionRequest("heat(", path=path, others=(OtherFile("pot", "pour(1)\n"),))

    prompt = backend.decode(PromptBuilder(backend).build(request, Clock())[1:])

    assert prompt == f"{mark} pot:\n{mark} pour(1)\nheat("


@pytest.mark.usefixtures("brew")
def test_parts_that_it_leaves_out_are_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "pot.plain").write_text(SOURCE, encoding="utf-8")
    parsed = parse(SOURCE, "Plain")

    assert (functions_of(walk(parsed)), imports_of(parsed), len(tokens_of(SOURCE, "Plain")) > 50) == ([], [], True)
    assert (parses(SOURCE, "Plain"), may_go_on(SOURCE[:200], "Plain")) == (True, True)
    assert [file.language for file in project_files(tmp_path)] == ["Plain"]
    assert imports_first([File("b.plain"), File("a.plain")]) == [File("a.plain"), File("b.plain")]


@pytest.mark.usefixtures("brew")
def test_feedback_knows_what_an_editor_calls_it() -> None:
    event = FeedbackEvent(id="1", consent=True, action="accepted", shown="pour(1)", language="brewlang")

    assert accepted_of(Outcome("accepted", "pour(1)", event)).language == "Brew"


def test_a_language_that_is_not_registered_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        InputError, match=r"language: 'Brew'. Allowed: Python, JavaScript, TypeScript, C, C\+\+, Java, Go, Rust\."
    ):
        CompletionRequest("a", language="Brew")
    assert (language_of("kettle.brew"), named("Brew").line_comment) == ("", "//")


@pytest.mark.parametrize(
    ("field", "taken", "owner"), [("name", "Java", "Java"), ("key", "go", "Go"), ("suffixes", (".rs",), "Rust")]
)
def test_two_languages_cannot_share_a_name_a_key_or_a_suffix(field: str, taken: Any, owner: str) -> None:
    with pytest.raises(ValueError, match=f"belongs to {owner}"):
        register(replace(BREW, **{field: taken}))
    assert list(LANGUAGES) == ["Python", "JavaScript", "TypeScript", "C", "C++", "Java", "Go", "Rust"]


@pytest.mark.parametrize("suffix", [".BREW", "brew", ""])
def test_a_suffix_that_no_path_would_match_is_refused(suffix: str) -> None:
    with pytest.raises(ValueError, match=f"Brew: suffix '{suffix}'. Allowed: a dot"):
        register(replace(BREW, suffixes=(suffix,)))


def test_the_playground_offers_it(tmp_path: Path) -> None:
    script = tmp_path / "with_brew.py"
    script.write_text(PLAYGROUND, encoding="utf-8")

    with running() as elsewhere, playground(tmp_path, script, SEEDBED_MODEL=elsewhere.url) as app:
        parts = httpx.get(f"{app.url}/config").json()["components"]
        answer = app.client().predict(prefix="pour(", language="Brew", api_name="/complete")

    (choices,) = (part["props"]["choices"] for part in parts if part["props"].get("elem_id") == "language")
    assert [name for name, _ in choices][-2:] == ["Brew", "Plain"]
    assert answer["candidates"]
