"""Changes the standard library for later programs.

Stopped by: the interpreter's folder is read-only.
"""

import json
def attempt(where):
    with open(json.__file__, "a") as file:
        return file.write("# loot\n") > 0
