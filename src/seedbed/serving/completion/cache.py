"""Suggestions remembered: asked again as they were, or asked for while somebody types what was suggested."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from seedbed.models.inference.backend import Completion

_TAIL = 64
"""Characters before a cursor that tell most places apart; a place that is found by them is compared in whole."""

_OVERHEAD_BYTES = 400
"""What an entry costs beside its texts."""

MOST_BYTES = 32_000_000
"""What a cache holds where nobody says otherwise: some thousand suggestions."""

Found = tuple[Completion, ...]


@dataclass(slots=True)
class CacheCounts:
    """How often it helped, and what it holds."""

    exact: int = 0
    typed_ahead: int = 0
    missed: int = 0
    evicted: int = 0
    entries: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    prefix: str
    completions: Found

    @property
    def bytes(self) -> int:
        texts = len(self.prefix) + sum(len(one.text) for one in self.completions)
        return 4 * texts + 36 * sum(len(one.token_ids) for one in self.completions) + _OVERHEAD_BYTES


class CompletionCache:
    """The newest suggestions, at most `most_bytes` of them; the ones that were not asked for longest go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._longest = 0
        self._lock = Lock()
        self.counts = CacheCounts()

    def find(self, prefix: str, around: Hashable) -> Found | None:
        """What was suggested here, or the rest of what was suggested earlier in this line of typing.

        Args: around: all else that a suggestion depends on, such as the text behind the cursor and the sampling.
        """
        with self._lock:
            for typed in range(min(self._longest, len(prefix)) + 1):
                key = _key_at(prefix, typed, around)
                if (entry := self._entries.get(key)) is None:
                    continue
                if rest := _rest(entry, prefix):
                    self._entries.move_to_end(key)
                    self.counts.exact += not typed
                    self.counts.typed_ahead += bool(typed)
                    return rest
            self.counts.missed += 1
            return None

    def put(self, prefix: str, around: Hashable, completions: Sequence[Completion]) -> None:
        """Remember what was suggested."""
        key, entry = _key_at(prefix, 0, around), _Entry(prefix, tuple(completions))
        if entry.bytes > self._most_bytes:
            return
        with self._lock:
            if old := self._entries.pop(key, None):
                self.counts.bytes -= old.bytes
            self._entries[key] = entry
            self.counts.bytes += entry.bytes
            self._longest = max(self._longest, *(len(one.text) for one in completions), 0)
            while self.counts.bytes > self._most_bytes:
                _, gone = self._entries.popitem(last=False)
                self.counts.bytes -= gone.bytes
                self.counts.evicted += 1
            self.counts.entries = len(self._entries)


def _key_at(prefix: str, typed: int, around: Hashable) -> Hashable:
    """Key of a place that lies `typed` characters before the end of a text."""
    end = len(prefix) - typed
    return end, prefix[max(0, end - _TAIL) : end], around


def _rest(entry: _Entry, prefix: str) -> Found:
    """What is left of the suggestions that begin with what was typed since; nothing where none does."""
    if not prefix.startswith(entry.prefix):
        return ()
    typed = prefix[len(entry.prefix) :]
    if not typed:
        return entry.completions
    return tuple(
        replace(one, text=one.text[len(typed) :], token_ids=())
        for one in entry.completions
        if one.text.startswith(typed) and len(one.text) > len(typed)
    )
