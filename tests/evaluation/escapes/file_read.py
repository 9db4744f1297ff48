"""Reads a file of the machine.

Stopped by: the file does not exist inside.
"""

# control: outside it succeeds
def attempt(where):
    with open(where["folder"] + "/canary.txt") as file:
        return "canary" in file.read()
