"""Answers with a number of a billion digits.

Stopped by: memory and time of its own; the number is read as hexadecimal, in linear time.
"""

def attempt(where):
    return 1 << (4 * 10**9)
