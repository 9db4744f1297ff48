"""The sandbox as an ordinary user, who has a user namespace where root has a number of nobody's."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from seedbed.evaluation.sandbox import Limits, Program, check

ROOT = Path(__file__).parent.parent.parent.parent
NOBODY = "65534"
PROGRAM = """
import os
from seedbed.evaluation.problems import python_program
from seedbed.evaluation.sandbox import Limits, Program, check

def asked(solution, tests):
    print(check(python_program(solution, tests), Limits(cpu_seconds=1)).words)

print(os.geteuid())
asked("f = lambda x: x + 1", "assert f(1) == 2")
asked("f = lambda x: x", "assert f(1) == 2")
asked("import os\\nf = os.fork", "f()")
asked("import os\\nf = lambda: (os.getuid() != 0, os.listdir('/proc') if os.path.exists('/proc') else [])", "assert f() == (True, [])")
asked("import socket\\nf = socket.socket", "f()")
bomb = ("/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1 & done; wait")
print(check(Program({}, bomb), Limits(processes=8)).words[:31])
look = ("/bin/sh", "-c", "cat /proc/[0-9]*/environ | grep -q hf_secret && exit 1; exit 0")
print(check(Program({}, look), Limits(processes=8)).words)
"""


def closed_folders() -> list[Path]:
    """The first folder on the way to what is needed that not everybody may pass, such as root's home."""
    found = []
    for needed in (Path(sys.base_prefix), Path(sys.prefix), ROOT):
        for folder in reversed([needed, *needed.parents]):
            if not folder.stat().st_mode & stat.S_IXOTH:
                found.append(folder)
                break
    return found


def as_nobody() -> list[str]:
    """Words that run a command as nobody, who sees closed folders as if they were empty but for what is needed."""
    words = ["bwrap", "--dev-bind", "/", "/", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    for folder in closed_folders():
        words += ["--perms", "0755", "--tmpfs", str(folder)]
    for needed in (Path(sys.base_prefix), Path(sys.prefix), ROOT):
        for parent in reversed(needed.parents[:-1]):
            words += ["--dir", str(parent)]
        words += ["--ro-bind", str(needed), str(needed)]
    return [*words, "--", "setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"]


@pytest.mark.sandbox
@pytest.mark.skipif(os.geteuid() != 0, reason="not root: all tests of the sandbox are run as an ordinary user")
def test_an_ordinary_user_has_the_same_sandbox() -> None:
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "HF_TOKEN": "hf_secret"}
    assert shutil.which("setpriv")

    done = subprocess.run(
        [*as_nobody(), sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )

    assert done.stdout.splitlines() == [
        NOBODY,
        "passed",
        "failed: AssertionError",
        "failed: PermissionError: [Errno 1] Operation not permitted",
        "passed",
        "failed: PermissionError: [Errno 1] Operation not permitted",
        "failed: /bin/sh: 0: Cannot fork",
        "passed",
    ], done.stderr


@pytest.mark.sandbox
@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="not root: they are run as an ordinary user")
def test_every_attempt_fails_for_an_ordinary_user_too() -> None:
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/tmp"}
    with tempfile.TemporaryDirectory() as place:
        os.chown(place, int(NOBODY), int(NOBODY))
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={place}/tests"]
        command = [*as_nobody(), *words, "tests/evaluation/test_escapes.py", "-m", "sandbox", "-k", "not as_it_was"]

        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.sandbox
def test_processes_are_counted() -> None:
    """Root too: its programs have a number of their own, whose limits hold."""
    few, many = (
        check(Program({}, ("/bin/sh", "-c", "for i in 1 2 3 4 5 6; do sleep 0.1 & done; wait")), Limits(processes=n))
        for n in (4, 32)
    )

    assert (few.words, many.words) == ("failed: /bin/sh: 0: Cannot fork", "passed")
