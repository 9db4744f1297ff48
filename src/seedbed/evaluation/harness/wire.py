"""Values as plain data on a line between two processes that do not trust each other.

A value crosses as JSON. What JSON cannot hold is a mapping with one key that names its type; what is no plain data stays
where it is, and a number stands for it. So an object with methods of its own, one that equals everything for instance, never
gets across: only lists, numbers and text do, and they compare as Python's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO, Any

MOST_BYTES = 64 << 20
"""The longest message that is read."""
_PLAIN_INT = 1 << 53
Keep = Callable[[Any], dict[str, Any]]
_COLLECTIONS: tuple[tuple[type, Callable[[Any], Any]], ...] = tuple((kind, kind.__iter__) for kind in (tuple, set, frozenset))
"""With the iterator of the type itself: a subclass may have another."""


class LineClosedError(Exception):
    """The other process is gone."""


def send(line: IO[bytes], message: Any) -> None:
    """Raises: LineClosedError."""
    try:
        line.write(json.dumps(message).encode() + b"\n")
        line.flush()
    except BrokenPipeError as error:
        raise LineClosedError from error


def receive(line: IO[bytes]) -> Any:
    """Raises: LineClosedError at the end, and for a message that is cut or too long; ValueError for one that is no JSON."""
    text = line.readline(MOST_BYTES)
    if not text.endswith(b"\n"):
        raise LineClosedError
    return json.loads(text)


def encode(value: Any, keep: Keep) -> Any:
    """A value as JSON. A subclass of a plain type crosses as the plain type.

    Args: keep: replaces a value that is not plain data.
    """
    if value is None or isinstance(value, bool | float):
        return value if value is None or isinstance(value, bool) else float.__float__(value)
    if isinstance(value, int):
        number = int.__int__(value)
        return number if abs(number) < _PLAIN_INT else {"int": hex(number)}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list):
        return [encode(item, keep) for item in list.__iter__(value)]
    return _encode_tagged(value, keep)


def _encode_tagged(value: Any, keep: Keep) -> Any:
    for kind, items in _COLLECTIONS:
        if isinstance(value, kind):
            return {kind.__name__: [encode(item, keep) for item in items(value)]}
    if isinstance(value, dict):
        return {"dict": [[encode(key, keep), encode(item, keep)] for key, item in dict.items(value)]}
    if isinstance(value, bytes | bytearray):
        return {type(value).__name__: bytes(value).hex()} if type(value) in (bytes, bytearray) else keep(value)
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, range):
        return {"range": [encode(number, keep) for number in (value.start, value.stop, value.step)]}
    return keep(value)


def decode(message: Any, kept: Callable[[Any], Any]) -> Any:
    """The value of a message.

    Args: kept: gives what a number stands for.
    Raises: ValueError or TypeError for what `encode` would not have written.
    """
    if isinstance(message, list):
        return [decode(item, kept) for item in message]
    if not isinstance(message, dict):
        return message
    ((kind, content),) = message.items()
    if kind == "kept":
        return kept(content)
    return _READERS[kind](content, kept) if kind in _READERS else _unknown(kind)


def _unknown(kind: str) -> Any:
    raise ValueError(f"{kind}: no type that crosses")


def _items(content: Any, kept: Callable[[Any], Any]) -> list[Any]:
    return [decode(item, kept) for item in content]


_READERS: dict[str, Callable[[Any, Callable[[Any], Any]], Any]] = {
    "int": lambda content, _: int(content, 16),
    "tuple": lambda content, kept: tuple(_items(content, kept)),
    "set": lambda content, kept: set(_items(content, kept)),
    "frozenset": lambda content, kept: frozenset(_items(content, kept)),
    "dict": lambda content, kept: {decode(key, kept): decode(item, kept) for key, item in content},
    "bytes": lambda content, _: bytes.fromhex(content),
    "bytearray": lambda content, _: bytearray.fromhex(content),
    "complex": lambda content, _: complex(*content),
    "range": lambda content, kept: range(*_items(content, kept)),
}
