"""Fills every folder it can write to.

Stopped by: one folder of 16 MiB; all others are read-only.
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
