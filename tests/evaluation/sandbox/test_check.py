"""What a program is told of its end, and what is left of it."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from seedbed.core.errors import SandboxError
from seedbed.evaluation.sandbox import Limits, Program, bubblewrap, check, check_many
from tests.evaluation.machines import python_on_another_machine

pytestmark = pytest.mark.sandbox
CHECK = "from seedbed.evaluation.sandbox import Program, check\nprint(check(Program({}, ('/bin/true',))))"
QUICK = Limits(wall_seconds=30, cpu_seconds=1)


def shell(script: str, limits: Limits = QUICK, token: str | None = None) -> tuple[str, str]:
    verdict = check(Program({"script": script.encode()}, ("/bin/sh", "/program/script"), token=token), limits)
    return verdict.outcome, verdict.reason


@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        ("exit 0", ("passed", "")),
        ("exit 7", ("failed", "exit code 7")),
        ("echo why >&2; exit 1", ("failed", "why")),
        ("printf 'a\\033[31m\\tb\\n'; exit 1", ("failed", "a\\x1b[31m b")),
        ("kill -9 $$", ("failed", "exit code 137")),
        ("while :; do :; done", ("timed_out", "1 s of CPU time")),
        ("trap '' XCPU; while :; do :; done", ("timed_out", "1 s of CPU time")),
        ("echo half", ("passed", "")),
    ],
)
def test_exit_code_and_last_line_are_the_verdict(script: str, verdict: tuple[str, str]) -> None:
    assert shell(script) == verdict


JAVA = """class A { public static void main(String[] a) throws Exception {
  int[] x = {0}; Thread t = new Thread(() -> x[0] = 1); t.start(); t.join();
  if (x[0] != %s) throw new IllegalStateException("wrong"); } }"""
TOOLCHAINS = {
    "gcc": ("a.c", "#include <assert.h>\nint main() { assert(1 == %s); return 0; }", "gcc /program/a.c -o a && ./a"),
    "g++": (
        "a.cpp",
        "#include <cassert>\n#include <thread>\nint main() { int x = 0; std::thread t([&] { x = 1; }); t.join(); assert(x == %s); }",
        "g++ -pthread /program/a.cpp -o a && ./a",
    ),
    "node": ("a.js", "require('node:assert').deepEqual([1], [%s]);", "node /program/a.js"),
    "javac": ("A.java", JAVA, "javac -d . /program/A.java && java A"),
}


@pytest.mark.parametrize("tool", TOOLCHAINS)
def test_compilers_and_their_programs_run_within_a_count(tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    name, text, script = TOOLCHAINS[tool]
    limits = Limits(
        wall_seconds=120, cpu_seconds=20, memory_bytes=8 << 30, disk_bytes=64 << 20, file_bytes=64 << 20, processes=64
    )

    right, wrong = (check(Program({name: (text % number).encode()}, ("/bin/sh", "-c", script)), limits) for number in (1, 2))

    assert right.words == "passed"
    assert re.match(r"failed: .*(Assert|assert|wrong)", wrong.words), wrong.words


def test_what_waits_is_ended_by_the_wall() -> None:
    limits = Limits(wall_seconds=0.5)
    start = time.monotonic()

    assert shell("exec >&- 2>&-; kill -STOP $$", limits) == ("timed_out", "0.5 s of wall time")
    assert shell("kill -STOP $$", limits) == ("timed_out", "0.5 s of wall time")
    assert time.monotonic() - start < 8


@pytest.mark.parametrize(
    ("script", "outcome"),
    [("echo a; echo secret", "passed"), ("echo secret; echo a", "failed"), ("echo secret; exit 1", "failed")],
)
def test_a_token_must_come_last_and_the_program_must_end_well(script: str, outcome: str) -> None:
    assert shell(script, token="secret")[0] == outcome


def test_a_program_that_cannot_be_started_is_no_verdict() -> None:
    program = Program({}, ("/nothing",), folders={"/there": Path("/not/there")})

    with pytest.raises(SandboxError, match="bubblewrap could not start a program: bwrap: Can't find source path /not/there"):
        check(program)


def test_folders_of_sources_are_empty_inside(tmp_path: Path) -> None:
    (tmp_path / "answers.py").touch()
    script = "set -- /usr/src/*; test -d /usr/src && test \"$*\" = '/usr/src/*'"
    code = (
        f"from seedbed.evaluation.sandbox import Program, check\nprint(check(Program({{}}, ('/bin/sh', '-c', {script!r}))).words)"
    )

    done = python_on_another_machine(code, ["--dev-bind", "/", "/", "--bind", str(tmp_path), "/usr/src"])

    assert (done.stdout, done.stderr) == ("passed\n", "")


@pytest.mark.skipif(bubblewrap.interpreter().startswith("/usr/"), reason="the interpreter is a part of the system")
def test_of_an_interpreter_elsewhere_only_programs_and_libraries_are_seen() -> None:
    prefix = Path(bubblewrap.interpreter()).parent.parent

    assert shell(f"cd {prefix} && echo *; exit 1")[1] in ("bin lib", "bin lib lib64")


def test_without_bubblewrap_nothing_runs() -> None:
    hidden = ["--ro-bind", "/dev/null", str(shutil.which("bwrap"))]  # a file that nobody can run

    done = python_on_another_machine(CHECK, ["--dev-bind", "/", "/", *hidden])

    assert re.search(r"SandboxError: bwrap is not installed, .* Allowed: `make system` \(bubblewrap\)", done.stderr)
    assert done.stdout == ""


@pytest.mark.parametrize("user", [[], ["--uid", "1000", "--gid", "1000"]])
def test_where_no_namespace_can_be_made_nothing_is_judged(user: list[str]) -> None:
    fenced = ["--unshare-user", "--disable-userns", *user, "--dev-bind", "/", "/"]

    done = python_on_another_machine(CHECK, fenced)

    assert "SandboxError: bubblewrap could not start a program: bwrap: " in done.stderr
    assert done.stdout == ""


def test_many_keep_their_order_and_leave_no_descriptor() -> None:
    programs = [Program({}, ("/bin/sh", "-c", f"exit {code}")) for code in (0, 3, 0, 5)]
    told: list[int] = []
    check_many(programs[:1], QUICK)
    before = len(list(Path("/proc/self/fd").iterdir()))

    verdicts = check_many(programs, QUICK, 2, told.append)

    assert [verdict.reason for verdict in verdicts] == ["", "exit code 3", "", "exit code 5"]
    assert told == [1, 2, 3, 4]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_first_broken_sandbox_ends_the_pool() -> None:
    broken = Program({}, ("/nothing",), folders={"/there": Path("/not/there")})

    with pytest.raises(SandboxError, match="bubblewrap could not start a program"):
        check_many([broken] * 3, QUICK, 2)
