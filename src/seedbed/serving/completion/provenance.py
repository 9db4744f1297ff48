"""Attribution: where a candidate stands in the training data, by the index of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedbed.data.attribution.find import find

if TYPE_CHECKING:
    from seedbed.data.attribution.find import Match
    from seedbed.data.attribution.index import Index
    from seedbed.serving.completion.request import Fragment


class Provenance:
    """Looks up fragments in an index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def matches(self, fragment: Fragment) -> list[Match]:
        """Spans of a completion that are in the dataset, the longest first. Their offsets are bytes of the completion."""
        matches = find(self._index, fragment.text, fragment.language, fragment.span)
        return sorted(matches, key=lambda match: -match.tokens)
