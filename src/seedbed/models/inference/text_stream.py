"""Text of a completion while its tokens come: whole letters only, and nothing of a stop string."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.models.inference.vocabulary import Vocabulary

_BROKEN = "\ufffd"
_LONGEST_LETTER = 4
"""Tokens of one byte each that a letter of UTF-8 may be cut into."""


class TextStream:
    """Tokens in, text out."""

    def __init__(self, vocabulary: Vocabulary, stop: Sequence[str]) -> None:
        self._vocabulary, self._stop = vocabulary, tuple(stop)
        self._context: list[int] = []  # what the last tokens are decoded after: some decoders join words by what is before
        self._pending: list[int] = []
        self._held = ""  # may be the beginning of a stop string
        self.is_stopped = False

    def push(self, token: int) -> str:
        """What a token adds to the text for sure; sets `is_stopped` once a stop string is whole."""
        self._pending.append(token)
        new = self._decoded()
        if new.endswith(_BROKEN) and len(self._pending) < _LONGEST_LETTER:
            return ""
        self._context, self._pending = self._pending, []
        return self._released(self._held + new)

    def finish(self) -> str:
        """What is left of the text when no more tokens come."""
        left = self._held + (self._decoded() if self._pending else "")
        self._held, self._pending = "", []
        return "" if self.is_stopped else left

    def _decoded(self) -> str:
        before = self._vocabulary.decode(self._context) if self._context else ""
        return self._vocabulary.decode([*self._context, *self._pending])[len(before) :]

    def _released(self, text: str) -> str:
        """The part of a text that no stop string can reach any more."""
        found = [at for stop in self._stop if (at := text.find(stop)) >= 0]
        if found:
            self.is_stopped, self._held = True, ""
            return text[: min(found)]
        held = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]


def _overlap(text: str, stop: str) -> int:
    """Longest end of a text that a stop string begins with.

    >>> _overlap("a\\n\\n", "\\n\\nclass"), _overlap("abc", "x")
    (2, 0)
    """
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
