"""JSON as clients send it."""

from __future__ import annotations

import json
from typing import Any


def read_json(data: bytes) -> Any:
    """What JSON in UTF-8 says. Raises: ValueError also for nesting without end, and for text that UTF-8 cannot write."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
        if rb"\u" in data:  # half a surrogate pair, which no database, page or commit can hold
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested without end") from error
    return value
