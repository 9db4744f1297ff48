"""Tasks: those that are shipped load, and what is wrong in one is said in a line that names the allowed keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.core.errors import RecipeError
from seedbed.evaluation.tasks import load_task
from seedbed.evaluation.tasks.program import ProgramTask

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "recipes" / "eval").glob("*.yaml"))
LINE = "name: mine\ntitle: Mine\nkind: next-line\nproblems: 3\nsampling: {n: 1, temperature: 0}\n"
PROGRAM = "name: mine\ntitle: Mine\nkind: program\nform: humaneval\nsampling: {n: 2}\ndata: {path: problems.jsonl}\n"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_task_is_called_as_its_file(path: Path) -> None:
    assert load_task(path).name == path.stem


def test_every_kind_is_shipped() -> None:
    names = {path.stem for path in SHIPPED}

    assert {"humaneval", "humaneval-plus", "mbpp", "mbpp-plus", "bits-per-byte", "syntax", "next-line", "latency"} <= names
    assert {"infilling-line", "infilling-span", "infilling-function", "multipl-e-javascript"} <= names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LINE + "cut: line\n", "cut: unknown key. Allowed: kind, languages, name, problems, sampling, seed, title"),
        (
            LINE.replace("temperature", "temprature"),
            "sampling.temprature: unknown key. Allowed: max_new_tokens, n, temperature, top_k",
        ),
        (LINE.replace("n: 1", "n: 5"), "n 5 at temperature 0 draws the same completion again and again"),
        (LINE.replace("next-line", "previous-line"), "kind: 'previous-line': unknown. Allowed: bits-per-byte, infilling"),
        (LINE.replace("kind: next-line\n", ""), "kind: missing"),
        (LINE + "languages: [Fortran]\n", "languages.0"),
        (PROGRAM + "k: [1, 5]\n", "k must be at most sampling.n (2)"),
        (PROGRAM.replace("path: problems.jsonl", "path: a, id: b/c"), "one of package, id and path, and only one"),
        (PROGRAM.replace("path: problems.jsonl", "package: other"), "data.package"),
        (PROGRAM + "benchmark: {id: nobody, task_id: x}\n", "benchmark.id: "),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)

    with pytest.raises(RecipeError) as caught:
        load_task(path)
    assert f"mine.yaml: {said}" in str(caught.value) or (said in str(caught.value) and "mine.yaml: " in str(caught.value))
    assert "recipes/README.md#evaluation-tasks" in str(caught.value)


def test_a_missing_task_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no such recipe"):
        load_task(tmp_path / "none.yaml")


def test_problems_of_a_file_are_found_from_the_task_and_do_not_change_its_hash(tmp_path: Path) -> None:
    tasks = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.yaml").write_text(PROGRAM)
        tasks.append(load_task(tmp_path / name / "mine.yaml"))

    assert all(isinstance(task, ProgramTask) for task in tasks)
    assert tasks[0].data.path == str(tmp_path / "here" / "problems.jsonl")  # type: ignore[union-attr]
    assert tasks[0].sha256 == tasks[1].sha256


def test_only_what_means_something_changes_the_hash(tmp_path: Path) -> None:
    def sha256(text: str) -> str:
        (tmp_path / "mine.yaml").write_text(text)
        return load_task(tmp_path / "mine.yaml").sha256

    assert sha256("# a word\n" + LINE) == sha256(LINE) != sha256(LINE.replace("problems: 3", "problems: 4"))
