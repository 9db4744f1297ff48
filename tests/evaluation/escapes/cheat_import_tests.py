"""Imports the harness's test side and runs tests that pass.

Stopped by: its output is discarded, and it has no token.
"""

import sys
sys.path.append("/program")
def solve(number):
    from harness import tests
    return tests.main("/program/solution.py", "/program/solution.py", "/program/token", "")
