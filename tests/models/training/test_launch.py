"""Ranks live and die together."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seedbed.core.errors import TrainingError
from seedbed.models.training.launch import LOST, STOPPED, run_ranks, threads

_RANK = "import os, sys, time; rank = int(os.environ['RANK']); "


def rank(code: str) -> list[str]:
    return [sys.executable, "-c", _RANK + code]


def test_ranks_know_each_other(tmp_path: Path) -> None:
    code = "print(rank, *[os.environ[n] for n in ('LOCAL_RANK', 'WORLD_SIZE', 'LOCAL_WORLD_SIZE', 'MASTER_ADDR')])"

    assert run_ranks(rank(code), 3, shown=0, logs=tmp_path) == 0
    assert (tmp_path / "rank-1.txt").read_text() == "1 1 3 3 127.0.0.1\n"
    assert (tmp_path / "rank-2.txt").read_text() == "2 2 3 3 127.0.0.1\n"
    assert not (tmp_path / "rank-0.txt").exists()


def test_the_last_line_of_the_rank_that_failed_is_the_error_and_the_others_are_ended(tmp_path: Path) -> None:
    code = "rank == 2 and (print('first'), print('seedbed: disk: full'), sys.exit(2)); time.sleep(600)"
    start = time.monotonic()

    with pytest.raises(TrainingError) as caught:
        run_ranks(rank(code), 3, shown=0, logs=tmp_path)

    assert str(caught.value) == f"rank 2: disk: full (log: {tmp_path / 'rank-2.txt'})"
    assert time.monotonic() - start < 60


def test_a_rank_that_lost_the_others_is_not_the_one_to_blame(tmp_path: Path) -> None:
    code = f"print('seedbed: mine' if rank == 1 else 'connection lost'); sys.exit(2 if rank == 1 else {LOST})"

    with pytest.raises(TrainingError, match="rank 1: mine"):
        run_ranks(rank(code), 3, shown=0, logs=tmp_path)


def test_the_shown_rank_has_said_itself_why_it_failed(tmp_path: Path) -> None:
    assert run_ranks(rank("rank == 0 and sys.exit(2); time.sleep(600)"), 2, shown=0, logs=tmp_path) == 2


def test_a_rank_that_is_killed_is_named(tmp_path: Path) -> None:
    code = "rank == 1 and os.kill(os.getpid(), 9); time.sleep(600)"

    with pytest.raises(TrainingError, match="rank 1: ended by SIGKILL"):
        run_ranks(rank(code), 2, shown=0, logs=tmp_path)


def test_ranks_that_stop_are_a_run_that_stopped(tmp_path: Path) -> None:
    assert run_ranks(rank(f"sys.exit({STOPPED})"), 2, shown=0, logs=tmp_path) == STOPPED


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_every_rank_once(tmp_path: Path, number: int) -> None:
    inner = (
        "import signal; seen = []; signal.signal(15, lambda *a: seen.append(1)); "
        f"open(os.path.join({str(tmp_path)!r}, f'ready-{{rank}}'), 'w').close()\n"
        "while not seen: time.sleep(0.01)\n"
        "time.sleep(0.2); print(len(seen), flush=True); sys.exit(130)"
    )
    code = (
        "import sys; from pathlib import Path; from seedbed.models.training.launch import run_ranks; "
        f"sys.exit(run_ranks({rank(inner)!r}, 2, 5, Path({str(tmp_path)!r})))"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 60
    while not all((tmp_path / f"ready-{rank}").exists() for rank in range(2)):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    process.send_signal(number)

    assert process.wait(timeout=60) == STOPPED
    assert [(tmp_path / f"rank-{rank}.txt").read_text() for rank in range(2)] == ["1\n", "1\n"]


def test_ranks_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "3")

    assert threads() == 2
