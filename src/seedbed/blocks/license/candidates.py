"""Which rules a text can come near at all: scancode's own thresholds for the approximate match, on arrays.

Nine tenths of an approximate match go into comparing the text's words with those of each of 37,000 rules, in Python.
Whether a rule passes depends on three counts that only grow with the text; so what fails on the words of the whole text
fails on every part of it, and can be left out beforehand without changing any result.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Rules by word, and the least of what each must share with a text.

    Shape: `rules` [sum of the rules' distinct words] holds rule ids by word; those of word w are
    `rules[starts[w]:starts[w + 1]]`; the thresholds have one entry a rule. Unit: distinct words; `containment` 0 to 1.
    Source: licensedcode 32.5, match_set.compare_token_sets.
    """

    rules: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    least: NDArray[np.int32]
    least_legal: NDArray[np.int32]
    containment: NDArray[np.float64]
    legal_words: int

    def near(self, words: Collection[int]) -> list[int]:
        """Ids of the rules that a text with these word ids can match approximately, ascending."""
        distinct = sorted(word for word in set(words) if word < len(self.starts) - 1)
        legal = [word for word in distinct if word < self.legal_words]
        shared_legal = self._shared(legal)
        shared = shared_legal + self._shared(distinct[len(legal) :])
        passes = (shared_legal >= np.maximum(self.least_legal, 1)) & (shared >= self.least)
        passes &= shared >= self.containment * self.lengths - 1e-6
        return [int(rule) for rule in np.flatnonzero(passes)]

    def _shared(self, words: list[int]) -> NDArray[np.int64]:
        """How many of the words each rule has."""
        parts = [self.rules[self.starts[word] : self.starts[word + 1]] for word in words]
        everything = np.concatenate(parts) if parts else np.empty(0, np.int32)
        return np.bincount(everything, minlength=len(self.lengths))


class NearRules:
    """Scancode's list of rules with the far ones left out when it is walked: a walk over all of them touches, and in a
    forked worker copies, each page of the index.

    Args: rules: all rules by id; near: ids of those to walk.
    """

    def __init__(self, rules: Sequence[Any], near: Collection[int]) -> None:
        self._rules = rules
        self._near = near

    def __getitem__(self, rule: int) -> Any:
        return self._rules[rule]

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Any]:
        """Each rule at its place up to the last near one; None in place of the far ones."""
        places: list[Any] = [None] * (max(self._near, default=-1) + 1)
        for rule in self._near:
            places[rule] = self._rules[rule]
        return iter(places)


def rule_table(rules: Sequence[Any], words: Sequence[Collection[int]], matchable: Collection[int], legal: int) -> RuleTable:
    """The table for an index.

    Args: rules: scancode's rules by id; words: the distinct words of each; matchable: ids that may match approximately;
    legal: words below this id are legal ones.
    """
    ids = sorted(matchable)
    flat = np.fromiter((word for rule in ids for word in words[rule]), np.int32)
    owner = np.repeat(np.array(ids, np.int32), [len(words[rule]) for rule in ids])
    order = np.argsort(flat, kind="stable")
    count = int(flat.max(initial=0)) + 1
    return RuleTable(
        rules=owner[order],
        starts=np.searchsorted(flat[order], np.arange(count + 1)),
        lengths=np.array([rule.get_length(True) for rule in rules], np.int32),
        least=np.array([rule.get_min_matched_length(True) for rule in rules], np.int32),
        least_legal=np.array([rule.get_min_high_matched_length(True) for rule in rules], np.int32),
        containment=np.array([rule._minimum_containment or 0 for rule in rules], np.float64),  # noqa: SLF001
        legal_words=legal,
    )
