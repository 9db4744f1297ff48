"""Which rules a text can come near: the first of scancode's two rankings for the approximate match, on arrays.

Nine tenths of an approximate match go into comparing the text's words with those of each of 37,000 rules, in Python. Here
three counts a rule decide which rules pass and in which order they stand, for all rules at once; only those that would
have survived are handed to scancode, which compares and ranks them as ever. The result is the same.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from licensedcode.index import USE_BIGRAM_MULTISETS, LicenseIndex
from licensedcode.match_set import compute_candidates
from numpy.typing import NDArray

_FIRST_RANKING = 10
"""The first ranking keeps this many times the candidates wanted."""

_WHOLE_TEXT, _RUN = 10, 70
"""Candidates wanted: for texts that are nearly one rule, and for runs of words between empty lines."""

_HIGH_RESEMBLANCE = 0.8
_MATCHED = -1


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Rules by word, and the least of what each must share with a text.

    Shape: `rules` [sum of the rules' distinct words] holds rule ids by word; those of word w are
    `rules[starts[w]:starts[w + 1]]`; the thresholds have one entry a rule. Unit: distinct words; `containment` 0 to 1.
    Source: licensedcode 32.5, match_set.compute_candidates and compare_token_sets.
    """

    rules: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    least: NDArray[np.int32]
    least_legal: NDArray[np.int32]
    containment: NDArray[np.float64]
    legal_words: int

    def near(self, words: Iterable[int], most: int, *, only_alike: bool = False) -> list[int]:
        """Ids of the first `most` rules by scancode's first ranking of a text with these word ids, ascending.

        Args: words: -1 where a word was matched already; only_alike: rules that resemble the text as a whole.
        """
        distinct = sorted(set(words) - {_MATCHED})
        legal = sum(word < self.legal_words for word in distinct)
        shared_legal = self._shared(distinct[:legal])
        shared = shared_legal + self._shared(distinct[legal:])
        passes = (shared_legal >= np.maximum(self.least_legal, 1)) & (shared >= self.least)
        near = np.flatnonzero(passes)
        length, shared = self.lengths[near], shared[near]
        contained, alike = shared / length, shared / (len(distinct) + length - shared)
        stays = contained >= self.containment[near]
        if only_alike:
            stays &= alike >= _HIGH_RESEMBLANCE
        near, shared, contained, alike = near[stays], shared[stays], contained[stays], alike[stays]
        if len(near) > most:
            near = near[_ranked(near, shared, contained, alike)[-most:]]
        return sorted(map(int, near))

    def _shared(self, words: list[int]) -> NDArray[np.int64]:
        """How many of the words each rule has."""
        known = (word for word in words if word < len(self.starts) - 1)
        parts = [self.rules[self.starts[word] : self.starts[word + 1]] for word in known]
        everything = np.concatenate(parts) if parts else np.empty(0, np.int32)
        return np.bincount(everything, minlength=len(self.lengths))


def _ranked(
    rules: NDArray[np.int64], shared: NDArray[np.int64], contained: NDArray[np.float64], alike: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Positions in ascending order of scancode's key: four scores rounded to tenths, the same unrounded, the rule's id."""
    exact = (alike >= _HIGH_RESEMBLANCE, contained, alike**2, shared)
    rounded = (_tenths(alike) >= _HIGH_RESEMBLANCE, _tenths(contained), _tenths(alike**2), _tenths(shared / 20))
    return np.lexsort((rules, *reversed(exact), *reversed(rounded)))


def _tenths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded as Python rounds, which is not as numpy does: 0.35 is 0.3."""
    return np.array([round(value, 1) for value in values.tolist()])


class NearRules:
    """Scancode's list of rules with the far ones left out when it is walked: a walk over all of them touches, and in a
    forked worker copies, each page of the index.

    Args: rules: all rules by id; near: ids of those to walk, ascending.
    """

    def __init__(self, rules: Sequence[Any], near: Sequence[int]) -> None:
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


class NearIndex(LicenseIndex):
    """Scancode's index, whose approximate matcher compares a text with the rules that are near it alone."""

    __slots__ = ("table",)

    @classmethod
    def over(cls, index: LicenseIndex, table: RuleTable) -> NearIndex:
        """The same index, sharing everything with `index`."""
        near = cls.__new__(cls)
        for name in LicenseIndex.__slots__:
            setattr(near, name, getattr(index, name))
        near.table = table
        return near

    def get_approximate_matches(
        self, query: Any, matched_qspans: list[Any], existing_matches: list[Any], deadline: float = sys.maxsize, **_: Any
    ) -> list[Any]:
        """Matches of the whole text if it is nearly one rule, then of each run of what is left."""
        whole = query.whole_query_run()
        alike = self._candidates(whole, _WHOLE_TEXT, only_alike=True)
        matches = self.get_query_run_approximate_matches(whole, alike, list(matched_qspans), deadline) if alike else []
        for match in matches:
            query.subtract(match.qspan)
        for run in query.query_runs:
            candidates = self._candidates(run, _RUN, only_alike=False)
            matches += self.get_query_run_approximate_matches(run, candidates, matched_qspans, deadline)
        return list(matches)

    def _candidates(self, run: Any, most: int, *, only_alike: bool) -> list[Any]:
        """Scancode's candidates for a run of words, the best first."""
        near = self.table.near(run.matchable_tokens(), most * _FIRST_RANKING, only_alike=only_alike)
        if not near:
            return []
        narrow = copy(self)
        narrow.rules_by_rid = NearRules(self.rules_by_rid, near)
        candidates: list[Any] = compute_candidates(
            run, narrow, set(near), top=most, high_resemblance=only_alike, _use_bigrams=USE_BIGRAM_MULTISETS
        )
        return candidates


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
