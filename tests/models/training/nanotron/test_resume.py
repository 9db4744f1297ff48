"""A run that stopped goes on as if it had not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.models.training.nanotron.tiny import ROOT, Place, place

_LONG = {"steps": 120, "checkpoints": {"every_steps": 100}, "validation": {"every_steps": 60}}


def weights(place_: Place, step: int) -> dict[str, torch.Tensor]:
    """Every weight of a checkpoint by its file; the files' own headers list their keys in any order."""
    folder = place_.out / "checkpoints" / str(step) / "model"
    return {str(path.relative_to(folder)): load_file(path)["data"] for path in folder.rglob("*.safetensors")}


def are_equal(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def as_if_killed_after_step_3(whole: Place, folder: Path) -> Place:
    """The folder of a run that was killed in step 5: checkpoint 3, and rows that are younger than it."""
    out = folder / "run"
    shutil.copytree(whole.out, out)
    shutil.rmtree(out / "checkpoints" / "6")
    rows = (out / "metrics.jsonl").read_text().splitlines(keepends=True)
    (out / "metrics.jsonl").write_text("".join(rows[:-3]) + '{"step": 5, "los')
    return Place(whole.recipe, whole.tokens, out)


def exact(place_: Place) -> list[tuple[float, ...]]:
    return [tuple(row.get(key, -1.0) for key in ("step", "loss", "lr", "grad_norm", "validation_loss")) for row in place_.rows()]


def test_resuming_equals_never_having_stopped_bit_for_bit(whole: Place, tmp_path: Path) -> None:
    ours = as_if_killed_after_step_3(whole, tmp_path)

    done = ours.train("--resume")

    assert done.returncode == 0, done.stderr
    assert exact(ours) == exact(whole)
    assert are_equal(weights(ours, 6), weights(whole, 6))


@pytest.mark.slow
@pytest.mark.parametrize("layout", [{"tp": 2}, {"pp": 2}, {"dp": 2, "zero1": True}], ids=str)
def test_resuming_is_exact_in_every_layout(tmp_path: Path, layout: dict[str, Any]) -> None:
    whole = place(tmp_path / "whole", parallelism=layout)
    whole.train()
    ours = as_if_killed_after_step_3(whole, tmp_path)

    done = ours.train("--resume")

    assert done.returncode == 0, done.stderr
    assert exact(ours) == exact(whole)
    assert are_equal(weights(ours, 6), weights(whole, 6))


def started(ours: Place, rows: int) -> subprocess.Popen[str]:
    """A run that has written so many rows."""
    process = subprocess.Popen(ours.command(), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 240
    while not (ours.out / "metrics.jsonl").is_file() or len(ours.rows()) < rows:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


@pytest.mark.parametrize(
    ("number", "layout"),
    [
        (signal.SIGTERM, {}),
        pytest.param(signal.SIGINT, {"dp": 2}, marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, {"pp": 2}, marks=pytest.mark.slow),
    ],
)
def test_a_signal_writes_a_checkpoint_and_the_run_goes_on_from_it(tmp_path: Path, number: int, layout: dict[str, int]) -> None:
    ours = place(tmp_path, parallelism=layout, **_LONG)
    process = started(ours, rows=5)

    process.send_signal(number)
    _, errors = process.communicate(timeout=240)

    (step,) = ours.steps()
    assert process.returncode == 130, errors
    assert step == ours.rows()[-1]["step"] < 100
    assert f"stopped after step {step}" in errors
    assert "Traceback" not in errors
    assert ours.train("--resume").returncode == 0
    assert [row["step"] for row in ours.rows() if "loss" in row] == list(range(1, 121))


@pytest.mark.slow
def test_ranks_stop_with_a_checkpoint_when_their_launcher_is_killed(tmp_path: Path) -> None:
    ours = place(tmp_path, parallelism={"dp": 2}, **_LONG)
    process = started(ours, rows=5)

    process.kill()
    process.communicate()

    deadline = time.monotonic() + 120
    while not ours.steps():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert ours.steps()[0] < 100


def test_a_full_disk_is_one_line_and_the_checkpoint_before_it_stays(whole: Place, tmp_path: Path) -> None:
    ours = as_if_killed_after_step_3(whole, tmp_path)
    before = contents(ours.out / "checkpoints" / "3")

    done = ours.train("--resume", limit_kb=20)

    (line,) = [line for line in done.stderr.splitlines() if line.startswith("seedbed: ")]
    assert done.returncode == 2
    assert "checkpoints/6: cannot be written: " in line
    assert "Traceback" not in done.stderr
    assert ours.steps() == [3]
    assert contents(ours.out / "checkpoints" / "3") == before
    assert not (ours.out / "checkpoints" / ".draft").exists()


@pytest.mark.slow
def test_a_rank_that_is_killed_ends_the_run_in_one_line(tmp_path: Path) -> None:
    ours = place(tmp_path, parallelism={"dp": 2}, **_LONG)
    process = started(ours, rows=3)
    _, second = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()

    os.kill(int(second), signal.SIGKILL)

    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2
    assert errors.splitlines()[-1] == "seedbed: rank 1: ended by SIGKILL. The last checkpoint is whole: --resume."
    assert "Traceback" not in errors


@pytest.mark.slow
def test_a_full_disk_is_one_line_in_two_processes_too(tmp_path: Path) -> None:
    ours = place(tmp_path, parallelism={"dp": 2})

    done = ours.train(limit_kb=20)

    (line,) = [line for line in done.stderr.splitlines() if "tiny: " not in line]
    assert done.returncode == 2
    assert "checkpoints/3: cannot be written: " in line
    assert ours.steps() == []


@pytest.mark.slow
def test_torchrun_starts_it_too(whole: Place, tmp_path: Path) -> None:
    ours = place(tmp_path, parallelism={"dp": 2})
    torchrun = Path(sys.executable).with_name("torchrun")

    done = subprocess.run(
        [torchrun, "--nproc-per-node", "2", "-m", "seedbed.cli", "train", *ours.words()[1:]],
        capture_output=True, text=True, cwd=ROOT, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert ours.losses() == pytest.approx(whole.losses(), abs=1e-5)
