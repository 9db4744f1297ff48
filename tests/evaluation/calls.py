"""Calls of the kernel by number, for attempts that need those that Python has no name for. Put before each attempt."""

import ctypes
import os

_LIBRARY = ctypes.CDLL(None, use_errno=True)
_X86_64 = """
ptrace 101 process_vm_readv 310 pidfd_getfd 438 io_uring_setup 425 keyctl 250 perf_event_open 298 bpf 321 unshare 272 setns 308
mount 165 pivot_root 155 kexec_load 246 init_module 175 reboot 169 userfaultfd 323 open_by_handle_at 304 shmget 29 msgget 68
personality 135 seccomp 317 clone3 435 clone 56 sethostname 170 settimeofday 164 fanotify_init 300 syslog 103
"""
_AARCH64 = """
ptrace 117 process_vm_readv 270 pidfd_getfd 438 io_uring_setup 425 keyctl 219 perf_event_open 241 bpf 280 unshare 97 setns 268
mount 40 pivot_root 41 kexec_load 104 init_module 105 reboot 142 userfaultfd 282 open_by_handle_at 265 shmget 194 msgget 186
personality 92 seccomp 277 clone3 435 clone 220 sethostname 161 settimeofday 170 fanotify_init 262 syslog 116
"""
_WORDS = (_X86_64 if os.uname().machine == "x86_64" else _AARCH64).split()
_NUMBERS = dict(zip(_WORDS[::2], map(int, _WORDS[1::2]), strict=True))


def call(name, *arguments):
    result = _LIBRARY.syscall(_NUMBERS[name], *arguments)
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
