"""Makes a socket by a 32-bit system call.

Stopped by: seccomp kills on calls of another architecture.
"""

import ctypes, mmap, os
CODE = bytes.fromhex("53 b8 67010000 bb 02000000 b9 01000000 ba 00000000 cd80 5b c3")  # socket(AF_INET, SOCK_STREAM, 0) by int 0x80
def attempt(where):
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(CODE)
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return os.uname().machine == "x86_64" and function() >= 0
