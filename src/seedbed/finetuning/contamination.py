"""Token n-grams that an accepted text shares with the evaluation sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seedbed.core.syntax import hashing
from seedbed.data.attribution.tokens import tokens_of
from seedbed.finetuning.events import Accepted

Hashes = npt.NDArray[np.uint64]


@dataclass
class NgramIndex:
    """Sorted hashes of all n-grams of `length` tokens, by the name of the set they are from."""

    length: int
    known: dict[str, Hashes] = field(default_factory=dict)

    def add(self, name: str, texts: Iterable[tuple[str, str]]) -> None:
        """Add texts, each with its language (display name)."""
        self.learn(name, [hashing.runs(tokens_of(text, language).values, self.length) for text, language in texts])

    def learn(self, name: str, ngrams: Sequence[Hashes]) -> None:
        """Add n-grams that are hashed already."""
        self.known[name] = np.unique(np.concatenate(ngrams)) if ngrams else np.zeros(0, dtype=np.uint64)

    def shared(self, event: Accepted) -> str | None:
        """Name of a set that shares an n-gram with the event that reaches into its text; None if there is none."""
        mine = ngrams_of(event, self.length)
        for name, theirs in self.known.items():
            if len(theirs) and len(mine):
                places = np.minimum(theirs.searchsorted(mine), len(theirs) - 1)
                if bool((theirs[places] == mine).any()):
                    return name
        return None


def ngrams_of(event: Accepted, length: int) -> Hashes:
    """Hashes of token n-grams that have at least one token of the text. Shape: [n]."""
    fragment = event.fragment
    tokens = tokens_of(fragment.text, fragment.language)
    start, end = fragment.span
    first = int(np.searchsorted(tokens.ends, start, side="right"))
    last = int(np.searchsorted(tokens.starts, end))
    if last <= first:
        return np.zeros(0, dtype=np.uint64)
    return hashing.runs(tokens.values[max(0, first - length + 1) : last + length - 1], length)
