"""Exits with success while it is imported.

Stopped by: no answer is a failure.
"""

# control: outside it succeeds
import os
os._exit(0)
