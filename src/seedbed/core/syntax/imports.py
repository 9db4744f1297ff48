"""Helpers for reading import statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tree_sitter import Node

    from seedbed.core.syntax.language import Binding, Parts

_BETWEEN: Final = re.compile(r"::|[./]")


def text_of(node: Node | None) -> str:
    """The source of a node; "" for none."""
    return (node.text or b"").decode("utf-8", "replace") if node else ""


def parts_of(name: str) -> Parts:
    """The parts of a module's or a function's name, whatever its language puts between them.

    >>> parts_of("std::process::Command"), parts_of("node:child_process"), parts_of("<sys/ptrace.h>")
    (('std', 'process', 'Command'), ('child_process',), ('sys', 'ptrace', 'h'))
    """
    plain = name.strip("\"'`<> \t").removeprefix("node:")
    return tuple(part.strip() for part in _BETWEEN.split(plain) if part.strip())


def bound(parts: Parts, name: str) -> Binding:
    """An import whose name stands for all that was taken."""
    return parts, name, parts
