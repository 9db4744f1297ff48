"""Runs of tokens that an accepted text shares with what the model is judged by."""

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
    """Hashes of all runs of `length` tokens of some texts, by what the texts are called; sorted."""

    length: int
    known: dict[str, Hashes] = field(default_factory=dict)

    def add(self, name: str, texts: Iterable[tuple[str, str]]) -> None:
        """Remember texts, each with its language (display name)."""
        self.learn(name, [hashing.runs(tokens_of(text, language).values, self.length) for text, language in texts])

    def learn(self, name: str, found: Sequence[Hashes]) -> None:
        """Remember runs that are hashed already."""
        self.known[name] = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)

    def shared(self, event: Accepted) -> str | None:
        """What an event shares a run with that reaches into its text; None for nothing."""
        mine = ngrams_of(event, self.length)
        for name, theirs in self.known.items():
            if len(theirs) and len(mine):
                places = np.minimum(theirs.searchsorted(mine), len(theirs) - 1)
                if bool((theirs[places] == mine).any()):
                    return name
        return None


def ngrams_of(event: Accepted, length: int) -> Hashes:
    """Runs of tokens, around the text too, that have at least one token of the text. Shape: [n]."""
    fragment = event.fragment
    tokens = tokens_of(fragment.text, fragment.language)
    start, end = fragment.span
    first = int(np.searchsorted(tokens.ends, start, side="right"))
    last = int(np.searchsorted(tokens.starts, end))
    if last <= first:
        return np.zeros(0, dtype=np.uint64)
    return hashing.runs(tokens.values[max(0, first - length + 1) : last + length - 1], length)
