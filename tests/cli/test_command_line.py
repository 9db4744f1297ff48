"""What the command line says: of arguments, of recipes before any work is done, of progress, and at the end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from pipeline import dataset
from pipeline.filters import load as load_recipe
from seedbed import cli
from seedbed.cli import extras
from seedbed.core.io.progress import Bar
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.runs.job import Job
from tests.data.sources.test_archives import make_tar
from tests.test_dataset import make_recipe

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "recipes" / "data" / "starter.yaml"


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(arguments) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "100000", "99999999999999999999"])
@pytest.mark.parametrize(("option", "what"), [("--tasks", "shards"), ("--workers", "processes")])
def test_a_number_out_of_range_is_refused_by_what_it_counts(
    option: str, what: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = complaint(capsys, "dataset", str(STARTER), option, number)

    assert words == f"seedbed: {option} {number}: not a number of {what}. Allowed: 1 to 99,999.\n"


def test_an_unknown_choice_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    words = complaint(capsys, "dataset", str(STARTER), "--until", "nonsense")

    assert words.startswith("seedbed: Invalid value for '--until': 'nonsense' is not one of 'ingest', 'clean',")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"license": {"allow": ["MITT"]}}, "bad.yaml: license.allow: MITT: not an SPDX license key. Nearest: MIT"),
        ({"evidence": ["gone.json"]}, "bad.yaml: evidence: gone.json: no such file. Relative paths start at the recipe."),
        ({"evidence": ["bad.yaml"]}, "bad.yaml: evidence: bad.yaml: not a measurement: "),
    ],
)
def test_what_the_recipe_alone_tells_is_said_before_anything_is_fetched(
    change: dict[str, object], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = {"name": "bad", "title": "Bad", "description": "", "contact": "", "sources": [{"archive": "gone.zip"}], **change}
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")

    assert words in complaint(capsys, "dataset", "bad.yaml")
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing command. See `seedbed --help`."),
        (["dataset"], "Missing argument 'RECIPE'. See `seedbed dataset --help`."),
        (["dataset", "a", "b"], "Got unexpected extra argument(s) (b). See `seedbed dataset --help`."),
        (["datset"], "No such command 'datset'"),
        (["hub", "--port", "x"], "Invalid value for '--port': Input should be a valid integer"),
        (["train", "a", "--device", "tpu"], "Invalid value for '--device': 'tpu' is not one of 'cpu', 'gpu'."),
        (["publish", "a"], "Missing option '--to'. See `seedbed publish --help`."),
        (["publish", "a", "--to", "b/c", "--colour"], "No such option: --colour"),
        (["publish", "a", "--to", "b/c", "--private", "--public"], "--public: not allowed with --private. Allowed: one of them."),
    ],
)
def test_arguments_that_make_no_sense_are_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = complaint(capsys, *words).splitlines()

    assert line.startswith("seedbed: ")
    assert said in line


def test_help_says_where_work_is_kept_and_what_another_number_of_shards_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dataset", "--help"]) == 0

    words = " ".join(capsys.readouterr().out.split())
    assert "work in progress is kept in build/work of the current folder" in words
    assert "changing it invalidates cached work" in words


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (None, "pip install 'seedbed[data]'"),
        (
            '{"url": "file:///dist/seedbed-1-py3-none-any.whl"}',
            "pip install 'seedbed[data] @ file:///dist/seedbed-1-py3-none-any.whl'",
        ),
        (
            '{"dir_info": {"editable": true}, "url": "file:///home/a%20b/seedbed"}',
            f"{sys.executable} -m pip install -c '/home/a b/seedbed/constraints.txt' -e '/home/a b/seedbed[data]'",
        ),
    ],
)
def test_a_missing_extra_is_installed_from_where_seedbed_came_from(origin: str | None, words: str) -> None:
    assert extras.install_words("data", origin) == words


@pytest.mark.parametrize(("done", "words"), [(0, "sign: "), (1, "sign: 1 file, "), (1200, "sign: 1,200 of 1,300 files, ")])
def test_progress_says_what_was_done_or_nothing_of_it(done: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Bar("sign", 1300 if done > 1 else None) as bar:
        bar.update(done)

    assert capsys.readouterr().err == f"{words}0 s\n"


def test_the_report_counts_one_as_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    manifest = Manifest.load(ROOT / "tests" / "corpus" / "manifest" / "invented.json")
    one = {"files": 1, "bytes": 812, "lines": 9, "tokens": 60, "projects": 1}
    block = {**manifest.stages[0].blocks[0].model_dump(), "files_in": 1, "files_out": 1, "bytes_out": 812, "reasons": {}}
    contents = {**manifest.contents.model_dump(), "total": one, "splits": {"train": one}}
    small = {
        **manifest.model_dump(),
        "stages": [{"name": "ingest", "blocks": [block]}],
        "contents": contents,
        "sources": [
            {"id": "a", "kind": "archive", "url": "a", "version": "1", "error": "broken"},
            {"id": "b", "kind": "archive", "url": "b", "version": "1", "files": 7},
            {"id": "c", "kind": "archive", "url": "c", "version": "1", "files": 7, "kept": 1},
        ],
    }

    dataset.report(Job(load_recipe(STARTER), STARTER, tmp_path, tmp_path, 1, 1), Manifest.model_validate(small))

    words = capsys.readouterr().out.replace("\u00a0", " ")
    assert "1 file, 812 bytes, 1 project (train 1)" in words
    assert "1 source could not be read: see manifest.json" in words
    assert "no file of 1 source was kept: b\n" in words
    assert " 0.0008\n" in words


def test_a_pin_of_a_project_that_no_source_is_of_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_tar(tmp_path / "alpha.tar.gz", {"m.py": b"1"})
    recipe = make_recipe(tmp_path, ["alpha"])  # pins alpha and beta

    assert cli.main(["dataset", str(recipe)]) == 2

    said = capsys.readouterr().err
    assert "small.yaml: splits.pins: pkg:generic/beta: no such project among the sources.\n" in said
    assert "pkg:generic/alpha" not in said
