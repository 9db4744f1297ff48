"""Import statements of a file, by the syntax tree: the file need not parse as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.syntax import LANGUAGES
from seedbed.core.syntax.nodes import nodes_of

if TYPE_CHECKING:
    from seedbed.core.syntax import Parsed
    from seedbed.core.syntax.language import Parts


@dataclass(frozen=True, slots=True)
class Import:
    """One imported thing.

    parts: the module and what was taken from it, such as ("os", "path"); name: what it is called in the file, "" where
    nothing is; target: what that name stands for; start, end: bytes of the statement.
    """

    parts: Parts
    name: str
    target: Parts
    start: int
    end: int


def imports_of(parsed: Parsed) -> list[Import]:
    """Imports anywhere in a file, in source order; none for a language that declares no imports."""
    imports = LANGUAGES[parsed.language].imports
    if imports is None:
        return []
    return [
        Import(parts, name, target, node.start_byte, node.end_byte)
        for node in nodes_of(parsed, imports.kinds)
        for parts, name, target in imports.read(node)
        if parts
    ]
