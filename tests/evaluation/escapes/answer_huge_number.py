"""Returns a number of a billion digits.

Stopped by: its own memory and time limits; numbers cross as hexadecimal, read in linear time.
"""

def attempt(where):
    return 1 << (4 * 10**9)
