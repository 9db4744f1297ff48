"""Cache of completions, for a repeated request and for a request while somebody types what was suggested."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from seedbed.models.inference.backend import Completion

_KEY_CHARACTERS = 64
"""Characters before the cursor in a key. They tell most places apart; an entry is then compared as a whole."""

_OVERHEAD_BYTES = 400
"""Memory of an entry beside its texts."""

MAX_BYTES = 32_000_000
"""Default size: some thousand suggestions."""

Completions = tuple[Completion, ...]


@dataclass(slots=True)
class CacheCounts:
    """Hits and misses of the cache, and its size."""

    exact: int = 0
    typed_ahead: int = 0
    missed: int = 0
    evicted: int = 0
    entries: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    prefix: str
    completions: Completions

    @property
    def bytes(self) -> int:
        texts = len(self.prefix) + sum(len(completion.text) for completion in self.completions)
        return 4 * texts + 36 * sum(len(completion.token_ids) for completion in self.completions) + _OVERHEAD_BYTES


class CompletionCache:
    """Least-recently-used cache of at most `max_bytes`. Thread-safe. Its texts are as the model wrote them, not judged."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._longest = 0
        self._lock = Lock()
        self.counts = CacheCounts()

    def find(self, prefix: str, context: Hashable) -> Completions | None:
        """Completions of this place, or the rest of earlier completions that what was typed since begins.

        Args: context: digest of all else that a completion depends on, such as the suffix and the sampling.
        """
        with self._lock:
            for typed in range(min(self._longest, len(prefix)) + 1):
                key = _key_at(prefix, typed, context)
                if (entry := self._entries.get(key)) is None:
                    continue
                if rest := _rest(entry, prefix):
                    self._entries.move_to_end(key)
                    self.counts.exact += not typed
                    self.counts.typed_ahead += bool(typed)
                    return rest
            self.counts.missed += 1
            return None

    def put(self, prefix: str, context: Hashable, completions: Sequence[Completion]) -> None:
        """Store the completions of a place."""
        key, entry = _key_at(prefix, 0, context), _Entry(prefix, tuple(completions))
        if entry.bytes > self._max_bytes:
            return
        with self._lock:
            if old := self._entries.pop(key, None):
                self.counts.bytes -= old.bytes
            self._entries[key] = entry
            self.counts.bytes += entry.bytes
            self._longest = max(self._longest, *(len(completion.text) for completion in completions), 0)
            while self.counts.bytes > self._max_bytes:
                _, evicted = self._entries.popitem(last=False)
                self.counts.bytes -= evicted.bytes
                self.counts.evicted += 1
            self.counts.entries = len(self._entries)


def _key_at(prefix: str, typed: int, context: Hashable) -> Hashable:
    """Key of the place `typed` characters before the end of a text."""
    end = len(prefix) - typed
    return end, prefix[max(0, end - _KEY_CHARACTERS) : end], context


def _rest(entry: _Entry, prefix: str) -> Completions:
    """The rest of the completions that begin with what was typed since; empty where none does."""
    if not prefix.startswith(entry.prefix):
        return ()
    typed = prefix[len(entry.prefix) :]
    if not typed:
        return entry.completions
    return tuple(
        replace(completion, text=completion.text[len(typed) :], token_ids=())
        for completion in entry.completions
        if completion.text.startswith(typed) and len(completion.text) > len(typed)
    )
