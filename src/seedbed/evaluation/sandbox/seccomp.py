"""The seccomp filter of the sandbox, as the bytes that bubblewrap loads. Only the system calls listed here are allowed.

Names are those of Linux on any architecture; one that an architecture does not have is passed over.
"""

from __future__ import annotations

import errno
import fcntl
import socket
import tempfile
from functools import cache
from typing import Any

from seedbed.core.errors import SandboxError

FILES = """
access chdir chmod close close_range copy_file_range creat dup dup2 dup3 faccessat fadvise64 fallocate fchdir fchmod fchmodat
fdatasync fstat fstatfs fsync ftruncate getcwd getdents getdents64 ioctl link linkat lseek lstat mkdir mkdirat
newfstatat open openat pipe pipe2 poll ppoll pread64 preadv pselect6 pwrite64 pwritev read readlink readlinkat readv rename
renameat renameat2 rmdir select sendfile stat statfs statx symlink symlinkat truncate umask unlink unlinkat utime utimensat
utimes write writev
"""
FCNTL = (
    *(fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL),
    *(fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW, fcntl.F_OFD_GETLK, fcntl.F_OFD_SETLK, fcntl.F_OFD_SETLKW),
    *(fcntl.F_GETPIPE_SZ, fcntl.F_SETPIPE_SZ),
)
"""Allowed fcntl commands: no leases and no notifications, which reach other processes through system files."""
MEMORY = "brk madvise mincore mlock mmap mprotect mremap msync munlock munmap"
TIME = "clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time times"
"""alarm is left out: setitimer does the same."""
ITSELF = """
arch_prctl capget capset execve exit exit_group getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority
getrandom getresgid getresuid getrlimit getrusage getsid gettid getuid membarrier pause prctl prlimit64 restart_syscall
rseq sched_getaffinity sched_getparam sched_getscheduler sched_yield set_robust_list set_tid_address setrlimit sysinfo uname wait4
"""
"""wait4 is for bubblewrap's own first process, which has the filter too."""
SIGNALS = """
futex get_robust_list kill rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
rt_sigtimedwait sigaltstack tgkill tkill
"""
"""kill reaches only the process ids of the sandbox."""
CHANGING_USER = "setgroups setresgid setresuid setgid setuid"
"""For setpriv, which drops root before the program starts; an unprivileged process gains nothing by them."""
ALWAYS = f"{FILES} {MEMORY} {TIME} {ITSELF} {SIGNALS} {CHANGING_USER}".split()

COMPILERS = """
alarm epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 sched_setaffinity setpgid setpriority setsid
flock sched_setscheduler sched_get_priority_max sched_get_priority_min sched_getattr sched_setattr splice tee vfork waitid
""".split()
"""More for programs that may start processes: compilers, and runtimes with threads."""

NOT_THERE = "clone3 execveat faccessat2 fchmodat2 openat2".split()
"""Refused with ENOSYS, so that the C library uses the older call, whose arguments a filter can read."""

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
    for command in FCNTL:
        _add(rules, library.ALLOW, "fcntl", library.Arg(1, library.EQ, command))
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
    except (OSError, ValueError):  # this architecture has no such call
        return


def _library() -> Any:
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise SandboxError(f"no seccomp filter: {error}. Allowed: `make system` (libseccomp2) and the extra `eval`.") from error
    return pyseccomp
