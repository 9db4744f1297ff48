"""Names of license texts."""

from __future__ import annotations

import hashlib


def text_sha256(text: str | None) -> str | None:
    """SHA-256 of a text as UTF-8, hexadecimal: the name of a license text; None for a file that could not be read."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()
