"""Sends a message of an unknown type.

Stopped by: whatever is not plain data is an error.
"""

import os
FORMS = [b'["value", {"__import__": "os"}]', b'["value", {"kept": "1"}]', b'["value", {}]', b"{}", b'["error", "SystemExit", "0"]']
def attempt(where):
    for number in range(3, 10):
        for form in FORMS:
            try:
                os.write(number, form + b"\n")
            except OSError:
                continue
