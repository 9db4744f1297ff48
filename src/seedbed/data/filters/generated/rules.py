"""How files give away that nobody wrote them here: every rule is a row, with an example that it must catch.

A phrase counts only in the header of a file, where tools sign their work; elsewhere people talk about generated files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["generated", "vendored", "minified", "lock_file"]

SCRIPTS: Final = frozenset({"JavaScript", "TypeScript", "CSS", "Flow"})
C_FAMILY: Final = frozenset({"C", "C++"})
ANY: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A signature in the header: what the tool writes there, told from what people write."""

    name: str
    pattern: re.Pattern[str] = field(repr=False)
    example: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A construct that only a tool's output has.

    `keyword` is a plain substring that every match contains: it keeps the pattern off most files. `languages` is empty
    for any language; `times` is how often the pattern must occur.
    """

    name: str
    keyword: str
    pattern: re.Pattern[str] = field(repr=False)
    languages: frozenset[str]
    example: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A path, below the archive's top folder, that holds what was copied in, built or locked."""

    kind: Kind
    name: str
    pattern: re.Pattern[str] = field(repr=False)
    example: str


def phrase(name: str, pattern: str, example: str) -> Phrase:
    """A rule for the header; case does not matter, `^` and `$` are those of a line."""
    return Phrase(name, re.compile(pattern, re.IGNORECASE | re.MULTILINE), example)


def marker(name: str, pattern: str, languages: frozenset[str], example: str, *, keyword: str, times: int = 1) -> Marker:
    """A rule for the whole text; case matters, `^` and `$` are those of a line."""
    return Marker(name, keyword, re.compile(pattern, re.MULTILINE), languages, example, times)


def place(kind: Kind, name: str, pattern: str, example: str) -> Place:
    """A rule for the path; case does not matter."""
    return Place(kind, name, re.compile(pattern, re.IGNORECASE), example)
