"""Reads the machine's accounts.

Stopped by: no /etc/passwd.
"""

# control: outside it succeeds
def attempt(where):
    return "root" in open("/etc/passwd").read()
