"""Changes the harness it runs under.

Stopped by: /program is read-only.
"""

def attempt(where):
    with open("/program/harness/wire.py", "a") as file:
        return file.write("# loot\n") > 0
