"""Checkpoints are whole or not there, and belong to one run."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from seedbed.cli import main
from seedbed.core.config.training import TrainRecipe, load_train_recipe
from seedbed.core.errors import CheckpointError
from seedbed.models.training.nanotron import checkpoints
from seedbed.models.training.run import TrainingRun, open_run
from tests.models.training.nanotron.tiny import RECIPE, Place, place


@pytest.fixture
def run(tmp_path: Path) -> TrainingRun:
    ours = place(tmp_path)
    run = open_run(load_train_recipe(ours.recipe), ours.tokens, ours.out, "cpu")
    run.checkpoints.mkdir(parents=True)
    return run


def write(run: TrainingRun, step: int, keep: int = 5) -> Path:
    draft = checkpoints.draft(run.checkpoints) / str(step)
    (draft / "model").mkdir(parents=True)
    (draft / "model" / "weight.safetensors").write_bytes(b"weights of %d" % step)
    return checkpoints.put(run.checkpoints, checkpoints.stamp_of(run, step, 1.5), keep)


def test_the_newest_is_found_and_says_whose_it_is(run: TrainingRun) -> None:
    for step in (9, 100, 20):
        write(run, step)

    newest = checkpoints.newest(run)

    assert newest is not None
    assert newest[0] == run.checkpoints / "100"
    assert (newest[1].step, newest[1].recipe, newest[1].seconds) == (100, "tiny", 1.5)
    assert (run.checkpoints / "latest.txt").read_text() == "20"


def test_no_checkpoint_is_none(run: TrainingRun) -> None:
    assert checkpoints.newest(run) is None


def test_only_the_last_are_kept(run: TrainingRun) -> None:
    for step in (1, 2, 3, 10):
        write(run, step, keep=2)

    assert checkpoints.steps(run.checkpoints) == [3, 10]


def test_a_draft_that_a_kill_left_behind_is_no_checkpoint(run: TrainingRun) -> None:
    write(run, 5)
    (checkpoints.draft(run.checkpoints) / "6").mkdir(parents=True)

    assert checkpoints.steps(run.checkpoints) == [5]


def test_the_checkpoint_of_a_step_is_replaced_by_the_one_written_again(run: TrainingRun) -> None:
    write(run, 5)
    (run.checkpoints / "5" / "model" / "weight.safetensors").write_bytes(b"old")

    write(run, 5)

    assert checkpoints.verified(run.checkpoints / "5").step == 5


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda path: path.unlink(), "model/weight.safetensors is missing"),
        (lambda path: path.write_bytes(b"short"), "model/weight.safetensors is changed"),
        (lambda path: path.write_bytes(path.read_bytes()[::-1]), "model/weight.safetensors is changed"),
    ],
    ids=["missing", "cut", "flipped"],
)
def test_a_broken_one_is_named_with_the_newest_that_is_whole(run: TrainingRun, damage: object, what: str) -> None:
    for step in (3, 6, 9):
        write(run, step)
    for step in (6, 9):
        damage(run.checkpoints / str(step) / "model" / "weight.safetensors")  # type: ignore[operator]

    with pytest.raises(CheckpointError) as caught:
        checkpoints.newest(run)

    assert f"9: broken: {what}" in str(caught.value)
    assert "to go on from step 3, which is whole" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", "\0"])
def test_a_broken_stamp_is_a_broken_checkpoint(run: TrainingRun, text: str) -> None:
    (write(run, 3) / "seedbed.json").write_text(text)

    with pytest.raises(CheckpointError, match="broken: seedbed.json"):
        checkpoints.newest(run)


def test_one_of_another_recipe_is_refused(run: TrainingRun) -> None:
    write(run, 3)
    other = TrainRecipe.model_validate_json(json.dumps({**RECIPE, "steps": 7}))

    with pytest.raises(CheckpointError, match="another recipe"):
        checkpoints.newest(dataclasses.replace(run, recipe=other))


def test_one_of_other_tokens_is_refused(run: TrainingRun) -> None:
    write(run, 3)

    with pytest.raises(CheckpointError, match="other tokens"):
        checkpoints.newest(dataclasses.replace(run, tokens=run.tokens.model_copy(update={"key": "1" * 64})))


def test_one_of_another_precision_is_refused(run: TrainingRun) -> None:
    write(run, 3)

    with pytest.raises(CheckpointError, match="trained in float32, this is bfloat16"):
        checkpoints.newest(dataclasses.replace(run, device="gpu"))


def test_the_command_refuses_a_checkpoint_of_another_recipe_in_one_line(
    whole: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = place(tmp_path, steps=7)
    shutil.copytree(whole.out, ours.out)

    assert main(ours.words("--resume")) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "a checkpoint of another recipe (tiny, " in line


def test_a_run_that_is_there_is_not_trained_over(whole: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(whole.words()) == 2
    assert capsys.readouterr().err == (
        f"seedbed: {whole.out}: a run that got to step 6. Allowed: --resume to go on, or remove the folder.\n"
    )


def test_a_complete_run_is_left_as_it_is(whole: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before = (whole.out / "metrics.jsonl").read_bytes()

    assert main(whole.words("--resume")) == 0
    assert capsys.readouterr().err == f"{whole.out}: complete, 6 steps.\n"
    assert (whole.out / "metrics.jsonl").read_bytes() == before
