"""Was this file written here, by a person? The rules of `rules` in order of their cost and precision."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from seedbed.data.filters.generated.header import header
from seedbed.data.filters.generated.markers import MARKERS
from seedbed.data.filters.generated.paths import PLACES
from seedbed.data.filters.generated.phrases import BANNERS, PHRASES
from seedbed.data.filters.generated.rules import SCRIPTS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from seedbed.data.filters.generated.rules import Phrase

_MAX_MEAN_LINE_CHARACTERS: Final = 110
_MIN_MINIFIED_CHARACTERS: Final = 500
_MAX_DETAIL_CHARACTERS: Final = 120
# Further down, a docstring talks about what the module does, and quotes what it writes.
_SIGNED_DOCSTRING_LINES: Final = 3
# Every banner and phrase contains one of these, lower-cased.
_HINTS: Final = (
    *("generat", "do not", "don't", "made by", "produced by", "created by", "object code", "openapi", "swagger"),
    *("cython metadata", '.rl"', "lemon", "antlr", "autorest"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a file is not an author's work: the kind, the rule, and the text or line that it rests on."""

    kind: Kind
    rule: str
    evidence: str

    @property
    def reason(self) -> str:
        """The verdict word of a gate."""
        return f"{self.kind}:{self.rule}"


def find_generated(text: str, path: str = "", language: str | None = None) -> Finding | None:
    """The first rule that says that a file was generated, vendored, minified or locked.

    Args:
        text: decoded source.
        path: its path inside the archive, below the top folder; "" where there is none.
        language: display name, where known; without it the language bound rules stay silent.
    Returns: None for what looks hand-written here.
    """
    return (
        _by_place(path) or _by_header(text) or _by_marker(text, language) or _by_shape(text, language) or _by_linguist(text, path)
    )


def _by_place(path: str) -> Finding | None:
    for place in PLACES:
        if found := place.pattern.search(path):
            return Finding(place.kind, place.name, found[0])
    return None


def _by_header(text: str) -> Finding | None:
    head = header(text)
    lowered = head.lower()
    if not any(hint in lowered for hint in _HINTS):
        return None
    return _first(BANNERS, head) or _first(PHRASES, header(text, docstring_lines=_SIGNED_DOCSTRING_LINES))


def _first(phrases: tuple[Phrase, ...], head: str) -> Finding | None:
    for phrase in phrases:
        if found := phrase.pattern.search(head):
            return Finding("generated", phrase.name, _line_of(head, found.start(), found.end()))
    return None


def _line_of(text: str, start: int, end: int) -> str:
    first = text.rfind("\n", 0, end - 1 if end > start else end) + 1
    last = text.find("\n", end)
    return text[min(first, start) : last if last >= 0 else len(text)].strip()[:_MAX_DETAIL_CHARACTERS]


def _by_marker(text: str, language: str | None) -> Finding | None:
    for marker in MARKERS:
        if marker.languages and language not in marker.languages:
            continue
        if marker.keyword not in text:
            continue
        if found := next(islice(marker.pattern.finditer(text), marker.times - 1, None), None):
            return Finding("generated", marker.name, found[0].strip()[:_MAX_DETAIL_CHARACTERS])
    return None


def _by_shape(text: str, language: str | None) -> Finding | None:
    """Scripts whose mean line is longer than people write: minified, whatever they are called."""
    if language not in SCRIPTS or len(text) < _MIN_MINIFIED_CHARACTERS:
        return None
    mean = len(text) / (text.count("\n") + 1)
    if mean <= _MAX_MEAN_LINE_CHARACTERS:
        return None
    return Finding("minified", "long_lines", f"{mean:.0f} characters a line")


def _by_linguist(text: str, path: str) -> Finding | None:
    """What linguist's own list knows beyond ours (it answers yes or no, without a rule)."""
    name = PurePosixPath(path).name
    if name and _is_generated()(path, text.encode("utf-8", "replace")):
        return Finding("generated", "linguist", name)
    return None


@functools.cache
def _is_generated() -> Callable[[str, bytes], bool]:
    # enry starts a Go runtime, which must not happen before a fork.
    from enry import is_generated

    return is_generated  # type: ignore[no-any-return]
