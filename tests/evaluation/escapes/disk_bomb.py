"""Fills every writable folder.

Stopped by: only one folder of 16 MiB is writable.
"""

import os
def attempt(where):
    total = 0
    for folder in ("/work", "/", "/dev", "/dev/shm", "/tmp", "/var/tmp", "/run"):
        try:
            for number in range(100):
                with open(f"{folder}/{number}", "wb") as file:
                    total += file.write(bytes(1 << 20))
        except OSError:
            continue
    return total > 17 << 20
