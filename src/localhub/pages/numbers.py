"""Numbers as people read them."""

from __future__ import annotations

_SPACE = "\u00a0"  # a number and its unit stay on one line
_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def count(number: int) -> str:
    """Thousands separated: 12345 -> '12,345'."""
    return f"{number:,}"


def size(number: int) -> str:
    """Bytes in decimal units with three digits: 12345678 -> '12.3 MB', 999 -> '999 bytes'."""
    value, unit = float(number), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 0 or value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f}{_SPACE}{_UNITS[unit]}"


def files(number: int) -> str:
    """'1 file', '2 files'."""
    return "1 file" if number == 1 else f"{count(number)} files"
