"""Loads a BPF program into the kernel.

Stopped by: seccomp.
"""

import ctypes
def attempt(where):
    return call("bpf", 0, ctypes.create_string_buffer(128), 128) >= 0
