"""Scans the memory of its process for the answer.

Stopped by: the answer is not in its memory.
"""

# control: outside it succeeds
import ctypes, os, re
def solve(number):
    near = id(solve) & ~0xFFF
    read, written = os.pipe()
    for address in range(near - (32 << 20), near + (32 << 20), 4096):
        if _LIBRARY.write(written, ctypes.c_void_p(address), 4096) == 4096:  # a page that is not there is an error, no crash
            found = re.search(rb"answer-[0-9a-f]{16}", os.read(read, 4096))
            if found:
                return found.group().decode()
