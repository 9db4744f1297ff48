"""The seccomp filter, as the bytes that bubblewrap loads."""

from __future__ import annotations

import errno
import socket
import tempfile
from functools import cache
from typing import Any

from seedbed.core.errors import SandboxError
from seedbed.evaluation.sandbox.syscalls import ALWAYS, COMPILERS, FCNTL, NOT_THERE

_NEW_NAMESPACES = 0x7E02_0080
"""CLONE_NEWTIME | NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET of linux/sched.h."""


@cache
def seccomp_filter(may_start_others: bool) -> bytes:
    """BPF of the filter: calls that are not listed fail with EPERM, calls of another architecture kill the process.

    Args: may_start_others: allow processes and threads, in no new namespace; without it there are none.
    Raises: SandboxError without libseccomp.
    """
    library = _library()
    rules = library.SyscallFilter(library.ERRNO(errno.EPERM))
    for name in ALWAYS + (COMPILERS if may_start_others else []):
        _add(rules, library.ALLOW, name)
    for asked in FCNTL:
        _add(rules, library.ALLOW, "fcntl", library.Arg(1, library.EQ, asked))
    for name in NOT_THERE:
        _add(rules, library.ERRNO(errno.ENOSYS), name)
    if may_start_others:
        _add(rules, library.ALLOW, "clone", library.Arg(0, library.MASKED_EQ, _NEW_NAMESPACES, 0))
        _add(rules, library.ALLOW, "socketpair", library.Arg(0, library.EQ, socket.AF_UNIX))  # the JVM makes one when it starts
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules: Any, action: int, name: str, *arguments: Any) -> None:
    try:
        rules.add_rule(action, name, *arguments)
    except (OSError, ValueError):  # this architecture has no such call, so nobody can make it
        return


def _library() -> Any:
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise SandboxError(f"no seccomp filter: {error}. Allowed: `make system` (libseccomp2) and the extra `eval`.") from error
    return pyseccomp
