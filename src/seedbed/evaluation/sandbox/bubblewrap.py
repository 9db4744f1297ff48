"""Programs in bubblewrap: limits and verdicts, its command line, and a started process with its exit code."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal

from seedbed.core.errors import SandboxError
from seedbed.evaluation.sandbox.seccomp import seccomp_filter

Outcome = Literal["passed", "failed", "timed_out"]
PROGRAM = "/program"
"""Where a program's files are inside; nothing there can be changed."""
WORK = "/work"
"""The current folder inside: empty, writable, in memory, gone with the sandbox."""


PEER_IS_GONE = 3
"""Exit code by which a program says that its peer closed the line: what the peer's own end was is then the reason."""
FAILED = 4
"""Exit code by which a program with a peer says that it came to a verdict, and that the last line is the reason."""


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use. A program with a peer is two sandboxes, each with all of it.

    `cpu_seconds` is what counts for a program that computes: other work on the machine does not change it. `wall_seconds`
    ends one that sleeps or waits. `memory_bytes` is the address space of one process. `processes` counts threads too: with
    1 the filter refuses every thread and process, with more it lets in what compilers need.
    """

    wall_seconds: float = 20.0
    cpu_seconds: int = 3
    memory_bytes: int = 1 << 30
    disk_bytes: int = 16 << 20
    file_bytes: int = 16 << 20
    open_files: int = 64
    processes: int = 1
    output_bytes: int = 64 << 10

    @classmethod
    def of_seconds(cls, seconds: float) -> Limits:
        """So many seconds to compute, whole ones and one at least.

        A program that waits gets five times that and five more: on a busy machine one that computes must not be taken for it.
        """
        cpu_seconds = max(math.ceil(seconds), 1)
        return cls(wall_seconds=5.0 * cpu_seconds + 5, cpu_seconds=cpu_seconds)


@dataclass(frozen=True)
class Program:
    """Files, and a command that is run beside them.

    Args:
        files: name -> content, found in /program.
        command: program and arguments; the current folder is /work, the environment is empty but for PATH, HOME and LANG.
        token: what the last line of output must be for `passed`; None: exit code 0 is enough.
        folders: folder inside -> folder of this machine, read-only.
        peer: a program in a sandbox of its own. The two are joined by standard input and output, and the output that counts
            is the standard error of this one; the peer's goes nowhere.
    """

    files: Mapping[str, bytes]
    command: tuple[str, ...]
    token: str | None = field(default=None, repr=False)
    folders: Mapping[str, Path] = field(default_factory=dict)
    peer: Program | None = None


@dataclass(frozen=True)
class Verdict:
    """What came of a program. `reason` is one printable line, empty when it passed; `seconds` are wall time."""

    outcome: Outcome
    reason: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether it did what was asked."""
        return self.outcome == "passed"

    @property
    def words(self) -> str:
        """As people read it: `passed`, `failed: AssertionError`, `timed out: ...`."""
        name = self.outcome.replace("_", " ")
        return f"{name}: {self.reason}" if self.reason else name


_PATH = "/usr/bin:/bin"
_ENVIRONMENT = {
    "PATH": _PATH,
    "HOME": WORK,
    "TMPDIR": WORK,
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
}
_NAMESPACES = "--unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup-try".split()
_FIRST_UID, _UIDS = 61_184, 4_000
"""User ids that root gives to programs: no account has them. Each sandbox gets its own, so that none can signal the processes
of another."""
_PACKAGES = ("lib/python3*/site-packages", "lib/python3*/dist-packages", "lib/python3/dist-packages")
"""Installed packages below a prefix. They are hidden: one of them holds the solutions of HumanEval."""
_SOURCES = (Path("/usr/src"), Path("/usr/local/src"))
"""Where container images keep the sources of their program."""
_uids = count()


def interpreter() -> str:
    """The Python that runs this, without its virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def bubblewrap_command(program: Program, limits: Limits, files: dict[str, int], filter_fd: int, status_fd: int) -> list[str]:
    """Bubblewrap and all its arguments.

    Args: files: name -> descriptor that its content is read from.
    Raises: SandboxError where bubblewrap, prlimit or setpriv is not installed.
    """
    root = _may_become_nobody()
    return [
        _tool("bwrap"),
        *_NAMESPACES,
        *(("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID") if root else ("--unshare-user", "--disable-userns")),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"),
        *(word for name, value in _ENVIRONMENT.items() for word in ("--setenv", name, value)),
        *_view(program, limits),
        *(word for name, fd in files.items() for word in ("--perms", "0444", "--file", str(fd), f"{PROGRAM}/{name}")),
        *("--remount-ro", "/", "--chdir", WORK, "--seccomp", str(filter_fd), "--json-status-fd", str(status_fd), "--"),
        *(_as_nobody() if root else ()),
        *_prlimit(limits),
        *program.command,
    ]


@cache
def _may_become_nobody() -> bool:
    """Whether this is root, and of a namespace that has the numbers; root of a container without them is an ordinary user."""
    ranges = (map(int, line.split()) for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines())
    has_numbers = any(first <= _FIRST_UID and first + length >= _FIRST_UID + _UIDS for first, _, length in ranges)
    return os.geteuid() == 0 and has_numbers


def _view(program: Program, limits: Limits) -> Iterator[str]:
    """The file system: /usr and the interpreter without installed packages, /dev with nothing in it, one place to write."""
    yield from _system()
    yield from ("--dev", "/dev", "--remount-ro", "/dev")
    if limits.processes > 1:
        yield from ("--proc", "/proc")
        for settings in (Path("/etc/alternatives"), *sorted(Path("/etc").glob("java-*"))):
            yield from ("--ro-bind-try", str(settings), str(settings))
        yield from ("--perms", "1777", "--size", str(limits.disk_bytes), "--tmpfs", "/tmp")  # noqa: S108 - inside only
    for inside, folder in program.folders.items():
        yield from _read_only(str(folder), inside)
    yield from ("--perms", "0777", "--size", str(limits.disk_bytes), "--tmpfs", WORK)


@cache
def _system() -> tuple[str, ...]:
    prefix = Path(interpreter()).parent.parent
    words = [*_read_only("/usr", "/usr")]
    if not prefix.is_relative_to("/usr"):
        for part in filter(Path.is_dir, (prefix / "bin", prefix / "lib", prefix / "lib64")):
            words += _read_only(str(part), str(part))
    for link in map(Path, ("/bin", "/sbin", "/lib", "/lib32", "/lib64")):
        if link.is_symlink():
            words += ("--symlink", str(link.readlink()), str(link))
        elif link.is_dir():
            words += ("--ro-bind", str(link), str(link))
    words += ("--dir", "/etc", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")
    for hidden in _hidden_folders({Path("/usr"), Path("/usr/local"), prefix}):
        words += ("--perms", "0555", "--size", "4096", "--tmpfs", str(hidden), "--remount-ro", str(hidden))
    return tuple(words)


def _hidden_folders(prefixes: Iterable[Path]) -> list[Path]:
    """Installed packages, sources below /usr, and the virtual environment of this process."""
    hidden = {folder for prefix in prefixes for pattern in _PACKAGES for folder in prefix.glob(pattern)}
    hidden |= set(filter(Path.is_dir, _SOURCES))
    if sys.prefix != sys.base_prefix and Path(sys.prefix).resolve().is_relative_to("/usr"):
        hidden.add(Path(sys.prefix).resolve())
    return sorted(hidden)


def _read_only(outside: str, inside: str) -> Iterator[str]:
    """Mount a folder; the folders above it are made open to all first, because bubblewrap makes them its own user's alone."""
    for parent in reversed(Path(inside).parents[:-1]):
        yield from ("--dir", str(parent))
    yield from ("--ro-bind", outside, inside)


def _as_nobody() -> list[str]:
    uid = str(_FIRST_UID + next(_uids) % _UIDS)
    return [_tool("setpriv"), "--reuid", uid, "--regid", uid, "--clear-groups", "--"]


def _prlimit(limits: Limits) -> list[str]:
    """Limits that the program cannot raise; the soft one of CPU time comes a second early, to be told from other signals."""
    return [
        _tool("prlimit"),
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds + 1}",
        f"--as={limits.memory_bytes}",
        f"--fsize={limits.file_bytes}",
        f"--nofile={limits.open_files}",
        *([f"--nproc={limits.processes}"] if limits.processes > 1 else []),
        *("--core=0", "--memlock=0", "--msgqueue=0", "--"),
    ]


@cache
def _tool(name: str) -> str:
    """The full name of a program, as it is called inside too."""
    path = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin")
    if path is None:
        package = "bubblewrap" if name == "bwrap" else "util-linux"
        raise SandboxError(f"{name} is not installed, and nothing generated runs without it. Allowed: `make system` ({package}).")
    return path


_GONE_SECONDS = 30.0
"""How long a sandbox that has ended, or was killed, may take to be gone."""


@dataclass(frozen=True)
class Streams:
    """Descriptors that become standard input, output and error."""

    stdin: int
    stdout: int
    stderr: int


@dataclass(frozen=True)
class Running:
    """A running bubblewrap. `status` is the descriptor on which it says whether the program began, and its exit code."""

    process: subprocess.Popen[bytes]
    status: int

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        try:
            self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def exit_code(self, output: str = "") -> int:
        """Exit code of the program once it has ended; 128 + the number of the signal that killed it.

        Raises: SandboxError when bubblewrap never came so far as to start it.
        """
        for line in os.read(self.status, 1 << 16).splitlines():
            code = json.loads(line).get("exit-code")
            if code is not None:
                return int(code)
        words = output or f"exit code {self.process.returncode}"
        raise SandboxError(f"bubblewrap could not start a program: {words}. See docs/method/sandbox.md for what it needs.")

    def kill(self) -> None:
        """End it and all that it started: the first process of its namespace dies with bubblewrap, and the rest with that."""
        self.process.kill()
        self.process.wait(_GONE_SECONDS)


def start(stack: ExitStack, program: Program, limits: Limits, streams: Streams) -> Running:
    """Start a program; it is killed when the stack is left.

    Raises: SandboxError where bubblewrap is not installed.
    """
    status, status_end = os.pipe()
    stack.callback(os.close, status)
    with ExitStack() as handed_over:
        handed_over.callback(os.close, status_end)
        files = {name: _in_memory(handed_over, content) for name, content in program.files.items()}
        rules = _in_memory(handed_over, seccomp_filter(limits.processes > 1))
        process = subprocess.Popen(
            bubblewrap_command(program, limits, files, rules, status_end),
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            pass_fds=[status_end, rules, *files.values()],
            cwd="/",
            env={},  # the first process of the sandbox shows in /proc what it was started with
        )
    running = Running(process, status)
    stack.callback(running.kill)
    return running


def _in_memory(stack: ExitStack, content: bytes) -> int:
    """A descriptor to read the content from; no file on a disk is ever written."""
    file = stack.enter_context(os.fdopen(os.memfd_create("seedbed"), "wb"))
    file.write(content)
    file.seek(0)
    return file.fileno()
