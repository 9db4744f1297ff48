"""Every attempt to get out of the sandbox, or past the tests, fails; those marked so succeed where there is no sandbox."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from seedbed.evaluation.problems import python_program
from seedbed.evaluation.sandbox import Limits, Verdict, check

HERE = Path(__file__).parent
CALLS = (HERE / "calls.py").read_text(encoding="utf-8")
ATTEMPTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "escapes").glob("*.py"))}
CONTROLS = [name for name, text in ATTEMPTS.items() if "\n# control: outside it succeeds\n" in text]
LIMITS = Limits(wall_seconds=60, cpu_seconds=1, memory_bytes=512 << 20)
LOOPED = {"cheat_end_of_iteration"}
"""Cheats that are asked in a loop of the library's own."""
WAITING = {"process_stop_itself": replace(LIMITS, wall_seconds=2)}
pytestmark = pytest.mark.sandbox


@dataclass(frozen=True)
class Machine:
    """What there is to reach on this machine: a folder with a file, a server, two sockets, and this process."""

    folder: Path
    server: socket.socket
    others: tuple[socket.socket, ...]

    @property
    def where(self) -> dict[str, object]:
        port = self.server.getsockname()[1]
        return {
            "folder": str(self.folder),
            "port": port,
            "socket": f"{self.folder}/socket",
            "abstract": self.name,
            "pid": os.getpid(),
        }

    @property
    def name(self) -> str:
        return f"seedbed-{os.getpid()}"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    (folder / "canary.txt").write_text("canary")
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as one,
        socket.socket(socket.AF_UNIX) as two,
    ):
        found = Machine(folder, server, (one, two))
        one.bind(f"{folder}/socket")
        two.bind(f"\0{found.name}")
        for listening in found.others:
            listening.listen()
        yield found


def questions(name: str, machine: Machine) -> str:
    """An attempt is asked whether it came through; a cheat is asked for a word that it cannot know."""
    if name.startswith("cheat_"):
        asked = "all(map(lambda number: solve(number) == ANSWER, [3]))" if name in LOOPED else "solve(3) == ANSWER"
        return f"ANSWER = 'answer-{secrets.token_hex(8)}'\nassert {asked}\n"
    return f"assert attempt({machine.where!r})\n"


@pytest.fixture(scope="module")
def verdicts(machine: Machine) -> dict[str, Verdict]:
    """All attempts, two at a time."""

    def run(name: str) -> Verdict:
        program = python_program(f"{CALLS}\n{ATTEMPTS[name]}", questions(name, machine))
        return check(program, WAITING.get(name, LIMITS))

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ATTEMPTS, pool.map(run, ATTEMPTS), strict=True))


@pytest.fixture(scope="module")
def outside(machine: Machine) -> dict[str, int]:
    """Exit codes of those that are harmless, with their tests in one process and no sandbox."""

    def run(name: str) -> int:
        program = f"{CALLS}\n{ATTEMPTS[name]}\n{questions(name, machine)}"
        return subprocess.run([sys.executable, "-c", program], cwd=machine.folder, capture_output=True, check=False).returncode

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(CONTROLS, pool.map(run, CONTROLS), strict=True))


@pytest.mark.parametrize("name", ATTEMPTS)
def test_no_attempt_succeeds(name: str, verdicts: dict[str, Verdict]) -> None:
    assert verdicts[name].outcome in ("failed", "timed_out"), verdicts[name]


@pytest.mark.parametrize("name", CONTROLS)
def test_the_attempt_is_one_where_there_is_no_sandbox(name: str, outside: dict[str, int]) -> None:
    assert outside[name] == 0


def test_the_machine_is_as_it_was(machine: Machine, verdicts: dict[str, Verdict]) -> None:
    """Files made by the controls aside, which run in the folder itself."""
    assert (machine.folder / "canary.txt").read_text() == "canary"
    assert {path.name for path in machine.folder.iterdir()} <= {"canary.txt", "socket", "written.txt", "large"}
    assert left_behind() == []


def left_behind() -> list[str]:
    """Processes of bubblewrap that this process started: the outer ones, with which all inside end."""
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/comm") if is_ours(path)]


def is_ours(path: Path) -> bool:
    try:
        parent = int((path.parent / "stat").read_text().rpartition(")")[2].split()[1])
        return path.read_text().strip() == "bwrap" and parent == os.getpid()
    except OSError:  # it ended while we looked
        return False


def rows() -> dict[str, tuple[str, str]]:
    found = {}
    for name, text in ATTEMPTS.items():
        what, stop = re.match(r'"""(.*?)\n\nStopped by: (.*?)\n"""', text, re.DOTALL).groups()  # type: ignore[union-attr]
        found[name] = (what, stop)
    return found


@pytest.mark.docs
def test_the_page_lists_every_attempt() -> None:
    page = (HERE.parent.parent / "docs" / "method" / "sandbox.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    assert {name: (what, stop) for name, what, stop in listed} == rows()
