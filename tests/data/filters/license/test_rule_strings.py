"""The exact matcher on arrays gives what an Aho-Corasick automaton gives, in its order."""

from __future__ import annotations

from array import array
from itertools import chain

import ahocorasick
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.license.rule_strings import rule_strings

WORDS = st.integers(0, 3)  # few words, so that rules begin, end and overlap alike
RULES = st.lists(st.lists(WORDS, min_size=1, max_size=20), min_size=1, max_size=12)


def automaton(rules: list[list[int]]) -> ahocorasick.Automaton:
    made = ahocorasick.Automaton(ahocorasick.STORE_ANY, ahocorasick.KEY_SEQUENCE)
    for number, words in enumerate(rules):
        made.add_word(tuple(words), [(number, 0, len(words) - 1)])
    made.make_automaton()
    return made


@given(RULES, st.data())
def test_matches_are_those_of_an_automaton_in_its_order(rules: list[list[int]], data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(rules) | st.lists(WORDS, max_size=3), max_size=8))
    text = tuple(chain.from_iterable(pieces))

    found = list(rule_strings([array("h", words) for words in rules]).iter(text))

    assert found == (list(automaton(rules).iter(text)) if text else [])


def test_a_text_of_one_word_ten_thousand_times_is_matched_at_every_place() -> None:
    found = list(rule_strings([array("h", [7] * length) for length in (1, 2, 3, 300)]).iter([7] * 10_000))

    assert len(found) == 10_000 + 9_999 + 9_998 + 9_701


def test_no_rule_and_no_text_match_nothing() -> None:
    assert list(rule_strings([]).iter([1, 2])) == []
    assert list(rule_strings([array("h", [1])]).iter([])) == []
