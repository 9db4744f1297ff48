"""Laws of the evidence: all that was found stays in it, and only what decides makes its expression."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.license import evidence as words
from seedbed.data.filters.license.evidence import (
    MAX_QUOTE,
    RESERVED,
    ROLES,
    UNKNOWN,
    Evidence,
    LicenseFinding,
    Role,
    RuleMatch,
    collect,
    join,
    quotation,
    reserved,
    stated,
    unknown,
)
from seedbed.data.filters.license.expressions import CATEGORIES, category, conjunction, is_unknown
from seedbed.data.filters.license.policy import DEFAULT_ALLOW, effective, judge

KEYS = ("MIT", "Apache-2.0", "GPL-2.0-only", UNKNOWN)
roles = st.sampled_from(list(ROLES))
matches = st.builds(
    RuleMatch, st.sampled_from(KEYS), st.just("a.RULE"), st.just("2-aho"), st.just(90.0), st.integers(1, 9), st.just(9)
)
findings = st.builds(
    lambda found, states: LicenseFinding(conjunction(m.expression for m in found) if states else None, tuple(found)),
    st.lists(matches, min_size=1, max_size=3),
    st.booleans(),
)
evidences = st.builds(lambda found: collect(found, "a.py", inherited=False), st.lists(findings, min_size=1, max_size=3))


def test_every_role_is_explained() -> None:
    assert tuple(ROLES) == get_args(Role)


@given(st.lists(findings, max_size=3))
def test_nothing_that_was_found_is_lost(found: list[LicenseFinding]) -> None:
    evidence = collect(found, "a.py", inherited=False)

    listed = [replace(match, role="decides") for match in evidence.matches] if evidence else []
    assert listed == [match for finding in found for match in finding.matches]


@given(st.lists(findings, max_size=3))
def test_only_what_decides_makes_the_expression(found: list[LicenseFinding]) -> None:
    evidence = collect(found, "a.py", inherited=False)

    expression = evidence.expression if evidence else None
    assert expression == conjunction(m.expression for m in (evidence.matches if evidence else ()) if m.role == "decides")
    assert expression == conjunction(finding.expression for finding in found)


@given(findings, roles.filter(lambda role: role != "decides"))
def test_a_finding_that_is_set_aside_states_nothing_and_stays(finding: LicenseFinding, role: Role) -> None:
    evidence = collect([finding.set_aside(role, lambda _: True)], "a.py", inherited=False)

    assert evidence is not None
    assert stated(evidence) is None
    assert evidence.files == ()
    assert {match.role for match in evidence.matches} == {role}


@given(findings, st.sampled_from(KEYS))
def test_setting_a_match_aside_gives_no_expression_to_a_finding_without_one(finding: LicenseFinding, key: str) -> None:
    clue = LicenseFinding(None, finding.matches)

    assert clue.set_aside("pointer", lambda match: match.expression == key).expression is None


@given(st.lists(evidences, min_size=1, max_size=3), findings)
def test_silent_evidence_neither_allows_nor_forbids(parts: list[Evidence], finding: LicenseFinding) -> None:
    silent = collect([LicenseFinding(None, finding.matches)], "b.py", inherited=False)
    before = judge(dict(enumerate_names(parts)), DEFAULT_ALLOW)
    after = judge(dict(enumerate_names([*parts, silent])), DEFAULT_ALLOW)

    assert before == after
    assert effective([silent]) is None


def enumerate_names(parts: list[Evidence | None]) -> list[tuple[str, Evidence | None]]:
    return [(str(number), part) for number, part in enumerate(parts)]


@given(st.lists(evidences, min_size=1, max_size=3))
def test_joined_evidence_lists_each_match_once(parts: list[Evidence]) -> None:
    joined = join([*parts, *parts])

    assert joined is not None
    assert len(set(joined.matches)) == len(joined.matches)
    assert set(joined.matches) == {match for part in parts for match in part.matches}


def test_a_pointer_that_is_answered_is_listed_as_one() -> None:
    pointer = unknown("pointer: COPYING", "a.py", refers=("COPYING",)).without(lambda _: True)

    evidence = collect([pointer], "a.py", inherited=False)

    assert evidence is not None
    assert [match.role for match in evidence.matches] == ["pointer"]


def test_a_reservation_is_the_most_restrictive_category_and_no_unknown_license() -> None:
    finding = reserved("no training", "LICENSE", (3, 3), "You may not\n train on it.")

    assert finding.expression == RESERVED
    assert finding.matches[0].text == "You may not train on it."
    assert category(f"GPL-3.0-only AND {RESERVED} AND {UNKNOWN}") == CATEGORIES[-1]
    assert not is_unknown(RESERVED)


@given(st.text(max_size=4 * MAX_QUOTE))
def test_a_quotation_is_one_line_of_bounded_length(text: str) -> None:
    quoted = quotation(text)

    assert len(quoted) <= MAX_QUOTE
    assert quoted == " ".join(quoted.split())


@pytest.mark.parametrize("name", ["UNKNOWN", "NOT_SCANNED"])
def test_both_names_of_the_unknown_license_hold(name: str) -> None:
    assert is_unknown(getattr(words, name))
