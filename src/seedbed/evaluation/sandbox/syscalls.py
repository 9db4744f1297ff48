"""The system calls that a program in the sandbox may make. What is not listed is refused: the list is what is allowed.

Names are those of Linux on any architecture; one that an architecture does not have is passed over.
"""

from __future__ import annotations

import fcntl

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
"""What fcntl may be asked for: no leases and no notices, which reach others by the files of the system."""
MEMORY = "brk madvise mincore mlock mmap mprotect mremap msync munlock munmap"
TIME = "clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time times"
"""alarm is left out: setitimer does the same."""
ITSELF = """
arch_prctl capget capset execve exit exit_group getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority
getrandom getresgid getresuid getrlimit getrusage getsid gettid getuid membarrier pause prctl prlimit64 restart_syscall
rseq sched_getaffinity sched_getparam sched_getscheduler sched_yield set_robust_list set_tid_address setrlimit sysinfo uname wait4
"""
"""wait4 is what bubblewrap's own first process does, which has the filter too."""
SIGNALS = """
futex get_robust_list kill rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
rt_sigtimedwait sigaltstack tgkill tkill
"""
"""kill reaches no further than the sandbox's own process numbers."""
CHANGING_USER = "setgroups setresgid setresuid setgid setuid"
"""For setpriv, which lets root go before the program begins; whoever is nobody by then gains nothing by them."""
ALWAYS = f"{FILES} {MEMORY} {TIME} {ITSELF} {SIGNALS} {CHANGING_USER}".split()

COMPILERS = """
alarm epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 sched_setaffinity setpgid setpriority setsid
flock sched_setscheduler sched_get_priority_max sched_get_priority_min sched_getattr sched_setattr splice tee vfork waitid
""".split()
"""More for programs that may start others: compilers, and runtimes with threads of their own."""

NOT_THERE = "clone3 execveat faccessat2 fchmodat2 openat2".split()
"""Refused as an older kernel would: the C library then takes the older call, whose arguments a filter can read."""
