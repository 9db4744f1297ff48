"""Starts workers.

Stopped by: seccomp.
"""

# control: outside it succeeds
import multiprocessing
def attempt(where):
    worker = multiprocessing.get_context("fork").Process(target=int)
    worker.start()
    worker.join()
    return worker.exitcode == 0
