"""Stages: every document is kept or kept aside with its reason; what is done stays done; what fails says so."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter

from pipeline.filters import load
from seedbed.core.errors import InputError, SeedbedError
from seedbed.core.runs.job import DOCUMENTS, REJECTED, Job, StageJob, claimed
from seedbed.core.runs.keys import Stage
from seedbed.core.runs.stage import Tick, reader, rejecting, run_stage, writer
from seedbed.data.dataset.stage_outputs import blocks, read

pytestmark = pytest.mark.forks

STARTER = Path(__file__).parents[2] / "recipes" / "data" / "starter.yaml"


class Numbers(PipelineStep):
    name = "numbers"

    def run(self, data=None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for number in range(rank, 100, world_size):
            yield Document(text=f"text {number}", id=f"{number:03}", metadata={"size_bytes": 1})


class EvenGate(BaseFilter):
    """Odd numbers go."""

    name = "even"

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        return int(doc.id) % 2 == 0 or (False, "odd")


class Fails(PipelineStep):
    name = "fails"

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def run(self, data=None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        raise self.error
        yield


NUMBERS = Stage("numbers", "seedbed.core.runs.stage")


def whole_job(folder: Path, tasks: int = 3, workers: int = 2) -> Job:
    return Job(load(STARTER), STARTER, folder, folder / "out", tasks, workers)


def make_job(folder: Path, tasks: int = 3, workers: int = 2) -> StageJob:
    return whole_job(folder, tasks, workers).start(NUMBERS)


def run_numbers(job: StageJob) -> None:
    steps = [Numbers(), Tick(), EvenGate(), writer(job.folder(DOCUMENTS))]
    run_stage(job, "numbers", rejecting(steps, job.work / REJECTED))


@pytest.mark.parametrize(("tasks", "workers"), [(1, 1), (3, 2)])
def test_every_document_is_kept_or_kept_aside_with_its_reason(tmp_path: Path, tasks: int, workers: int) -> None:
    job = make_job(tmp_path, tasks, workers)

    run_numbers(job)

    rejected = list(read(job.work / REJECTED))
    assert sorted(record["id"] for record in read(job.work / DOCUMENTS)) == [f"{n:03}" for n in range(0, 100, 2)]
    assert sorted(record["id"] for record in rejected) == [f"{n:03}" for n in range(1, 100, 2)]
    assert {record["metadata"]["filter_reason"] for record in rejected} == {"odd"}
    assert [block["meaning"] for _, block in blocks({"numbers": job.work})] == ["Odd numbers go."]


def test_a_finished_stage_is_not_run_again(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    run_numbers(job)
    before = {path: path.stat().st_mtime_ns for path in job.work.rglob("*.zst")}

    run_numbers(job)

    assert {path: path.stat().st_mtime_ns for path in job.work.rglob("*.zst")} == before


def test_an_error_for_people_passes_through_the_processes(tmp_path: Path) -> None:
    with pytest.raises(SeedbedError, match="what and where"):
        run_stage(make_job(tmp_path), "fails", [Fails(InputError("what and where"))])


def test_an_error_of_the_machine_is_one_line_too(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "some/file")

    with pytest.raises(SeedbedError, match=r"^stage fails: some/file: No space left on device\.$"):
        run_stage(make_job(tmp_path), "fails", [Fails(full)])


def test_any_other_failure_names_the_log_and_leaves_the_stage_unfinished(tmp_path: Path) -> None:
    job = make_job(tmp_path)

    with pytest.raises(SeedbedError, match=r"stage fails failed \(exit code 1\)\. Log: .*stage\.log"):
        run_stage(job, "fails", [Fails(ZeroDivisionError("boom"))])

    assert "boom" in (job.work / "logs" / "fails" / "stage.log").read_text()
    assert not list((job.work / "logs" / "fails").glob("completions/*"))


def test_a_stage_without_input_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no document came this far"):
        reader(tmp_path / "nothing")


def test_tasks_that_a_killed_run_left_begun_are_not_taken_for_lost_ones(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    (job.folder("logs", "numbers", "running") / "00001").touch()

    run_numbers(job)

    assert len(list(read(job.work / DOCUMENTS))) == 50


def test_two_runs_of_one_recipe_never_share_a_folder(tmp_path: Path) -> None:
    job = whole_job(tmp_path)

    with claimed(job), pytest.raises(InputError, match="another run"), claimed(whole_job(tmp_path)):
        pass


Start = Callable[[str], subprocess.Popen[str]]

WAITS = """
import os, signal, sys, time
from pathlib import Path
from datatrove.pipeline.base import PipelineStep
from seedbed.core.errors import SeedbedError
from seedbed.core.runs.stage import run_stage
from tests.core.test_stage import make_job

class Waits(PipelineStep):
    name = "waits"
    dies = False
    def run(self, data=None, rank=0, world_size=1):
        Path(sys.argv[1], f"pid{os.getpid()}").touch()
        if self.dies and rank == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(600)
        yield

folder, step = Path(sys.argv[1]), Waits()
"""


@pytest.fixture
def python(tmp_path: Path) -> Iterator[Start]:
    """Runs a script in a process group of its own; it knows a step that waits in every worker, or kills the first."""
    started = []

    def start(script: str) -> subprocess.Popen[str]:
        code = WAITS + textwrap.dedent(script)
        command = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            cwd=STARTER.parents[2], text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0,
        )  # fmt: skip
        started.append(command)
        return command

    yield start
    for command in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.pid, signal.SIGKILL)
        command.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_killing_the_command_ends_every_process_below_it(python: Start, tmp_path: Path) -> None:
    command = python("run_stage(make_job(folder, 2, 2), 'waits', [step])")
    workers = wait_for_workers(tmp_path, command)

    command.send_signal(signal.SIGKILL)
    command.wait()

    for worker in workers:
        wait_for_end(worker)


def test_ctrl_c_ends_every_process(python: Start, tmp_path: Path) -> None:
    command = python("run_stage(make_job(folder, 2, 2), 'waits', [step])")
    workers = wait_for_workers(tmp_path, command)

    os.killpg(command.pid, signal.SIGINT)  # as a terminal does
    _, said = command.communicate(timeout=60)

    assert "KeyboardInterrupt" in said
    for worker in workers:
        wait_for_end(worker)


@pytest.mark.parametrize("moment", ["before", "after_in_parent"])
def test_ctrl_c_while_a_stage_starts_ends_it(python: Start, tmp_path: Path, moment: str) -> None:
    command = python(
        f"""
        os.register_at_fork({moment}=lambda: os.kill(os.getpid(), signal.SIGINT))
        run_stage(make_job(folder, 2, 2), "waits", [step])
        """,
    )

    _, said = command.communicate(timeout=60)

    assert said.endswith("KeyboardInterrupt\n")


def test_a_worker_that_was_killed_ends_the_stage(python: Start, tmp_path: Path) -> None:
    command = python(
        """
        step.dies = True
        try:
            run_stage(make_job(folder, 2, 2), "waits", [step])
        except SeedbedError as error:
            print(error)
        """,
    )

    said, _ = command.communicate(timeout=60)

    assert said.startswith("stage waits failed (a worker was killed; out of memory? Allowed: fewer --workers). Log: ")


def wait_for_workers(folder: Path, command: subprocess.Popen[str]) -> list[int]:
    while command.poll() is None:
        pids = [int(path.name[3:]) for path in folder.glob("pid*")]
        if len(pids) == 2:
            return pids
        os.sched_yield()
    raise AssertionError("the command ended before its workers began")


def wait_for_end(pid: int) -> None:
    """Returns once the process is gone; the test's own time limit is the watchdog."""
    while Path(f"/proc/{pid}/stat").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text():
        os.sched_yield()
