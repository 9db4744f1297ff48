"""Prints what looks like a token and a success.

Stopped by: its output is discarded.
"""

# control: outside it succeeds
import os, sys
def solve(number):
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        print("passed", "0" * 32, sep="\n", file=stream, flush=True)
    for number in (1, 2):
        os.write(number, b"\n" + b"0" * 32 + b"\n")
    os._exit(0)
