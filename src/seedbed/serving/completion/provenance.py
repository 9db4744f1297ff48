"""Where a candidate was seen before, by the index of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedbed.data.attribution.find import find

if TYPE_CHECKING:
    from seedbed.data.attribution.index import Index
    from seedbed.data.attribution.match import Match
    from seedbed.serving.completion.fragment import Fragment


class Provenance:
    """An index as the request path asks it."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def matches(self, fragment: Fragment) -> list[Match]:
        """Spans of a candidate that stand in the dataset, the longest first; their offsets are bytes of the candidate."""
        found = find(self._index, fragment.text, fragment.language, fragment.span)
        return sorted(found, key=lambda match: -match.tokens)
