"""Reads the accounts of the machine.

Stopped by: no /etc.
"""

# control: outside it succeeds
def attempt(where):
    return "root" in open("/etc/passwd").read()
