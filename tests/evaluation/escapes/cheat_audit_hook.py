"""Watches what the interpreter does, and ends the process with success before anybody can fail.

Stopped by: its hooks see its own process alone.
"""

# control: outside it succeeds
import os, sys
def solve(number):
    sys.addaudithook(lambda event, _: os._exit(0))
    sys.audit("now")
