"""Watches the interpreter's events and exits with success before a test can fail.

Stopped by: its hooks see only its own process.
"""

# control: outside it succeeds
import os, sys
def solve(number):
    sys.addaudithook(lambda event, _: os._exit(0))
    sys.audit("now")
