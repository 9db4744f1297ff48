"""Clears the main module and replaces names in all others.

Stopped by: it finds only modules of its own process.
"""

# control: outside it succeeds
import sys
class Equal:
    __eq__ = lambda self, other: True
def solve(number):
    for module in list(sys.modules.values()):
        if hasattr(module, "ANSWER"):
            return module.ANSWER
