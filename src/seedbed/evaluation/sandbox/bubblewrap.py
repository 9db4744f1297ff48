"""The command line of bubblewrap: what a program sees, and as whom it runs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

from seedbed.core.errors import SandboxError
from seedbed.evaluation.sandbox.program import PROGRAM, WORK, Limits, Program

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
    """Installed packages, and what people keep below /usr: sources, and the virtual environment of whoever runs this."""
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
