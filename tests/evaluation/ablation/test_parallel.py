"""Commands beside each other: real processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from seedbed.core.errors import TrainingError
from seedbed.evaluation.ablation.runs import Command, run_all


def python(name: str, code: str, folder: Path) -> Command:
    return Command(name, (sys.executable, "-c", code), folder / name / "log.txt")


def nothing() -> None:
    pass


def test_all_run_and_each_is_told_of(tmp_path: Path) -> None:
    ended: list[str] = []
    code = "import os; print(os.environ['LOCAL_WORLD_SIZE'])"

    run_all([python(str(number), code, tmp_path) for number in range(3)], 2, nothing, lambda one: ended.append(one.name))

    assert sorted(ended) == ["0", "1", "2"]
    assert {(tmp_path / name / "log.txt").read_text() for name in ended} == {"2\n"}  # a thread each on two cores


def test_one_that_fails_is_named_with_its_last_line_and_ends_the_others(tmp_path: Path) -> None:
    waits = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('asked to stop'), sys.exit(130)))\nprint('up', flush=True); signal.pause()"
    fails = f"import time, pathlib\nwhile not pathlib.Path({str(tmp_path / 'waits' / 'log.txt')!r}).read_text(): time.sleep(0.01)\nraise SystemExit('seedbed: no room')"

    with pytest.raises(TrainingError, match=r"fails: no room \(log: .*log\.txt\)"):
        run_all([python("waits", waits, tmp_path), python("fails", fails, tmp_path)], 2, nothing, lambda _: None)

    assert (tmp_path / "waits" / "log.txt").read_text() == "up\nasked to stop\n"


def test_an_interrupt_asks_all_to_stop(tmp_path: Path) -> None:
    waits = "import signal\nprint('up', flush=True); signal.pause()"

    def interrupt() -> None:
        if (tmp_path / "waits" / "log.txt").read_text():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all([python("waits", waits, tmp_path)], 2, interrupt, lambda _: None)

    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # nobody is left
