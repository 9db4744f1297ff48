"""Laws of the sentence that decided, of its quotation, and of the versions beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.license.decision import DECISION_FIELDS, decision
from seedbed.data.filters.license.evidence import MAX_QUOTE, RESERVED, ROLES, UNKNOWN, LicenseFinding, RuleMatch, collect
from seedbed.data.filters.license.expressions import conjunction
from seedbed.data.filters.license.expressions import keys as keys_of
from seedbed.data.filters.license.policy import allowed, judge
from seedbed.data.filters.license.quotes import Quotes, lines_of, quote
from seedbed.data.filters.license.versions import index_digest, rule_url, scancode_version

ALLOW = ("MIT", "Apache-2.0")
COLUMNS = ("license_header", "license_nearest_file", "license_declared")
KEYS = ("MIT", "Apache-2.0", "GPL-2.0-only", "MIT OR GPL-2.0-only", UNKNOWN, RESERVED)
roles = st.sampled_from(list(ROLES))
matches = st.builds(
    RuleMatch,
    st.sampled_from(KEYS),
    st.just("a.RULE"),
    st.just("2-aho"),
    st.floats(1, 100),
    st.integers(1, 9),
    st.integers(9, 20),
    role=roles,
)


def row(found: list[RuleMatch], file: str = "a.py") -> dict[str, Any] | None:
    deciding = conjunction(match.expression for match in found if match.role == "decides")
    evidence = collect([LicenseFinding(deciding, tuple(found))], file, inherited=file != "a.py") if found else None
    return evidence.row() if evidence else None


samples = st.fixed_dictionaries({column: st.builds(row, st.lists(matches, max_size=4)) for column in COLUMNS})


@given(samples)
def test_there_is_a_decision_where_a_match_decides(rows: Mapping[str, dict[str, Any] | None]) -> None:
    chosen = decision(rows, ALLOW)

    assert (chosen is not None) == any(each and each["expression"] for each in rows.values())
    assert chosen is None or set(chosen) == {field.name for field in DECISION_FIELDS}


@given(samples)
def test_the_deciding_match_stands_in_its_evidence_and_decides(rows: Mapping[str, dict[str, Any] | None]) -> None:
    chosen = decision(rows, ALLOW)

    if chosen:
        listed = (rows[chosen["column"]] or {})["matches"]
        copied = {key: value for key, value in chosen.items() if key not in {"column", "inherited"}}
        assert any(match["role"] == "decides" and copied.items() <= match.items() for match in listed)


@given(samples)
def test_what_decided_a_refusal_is_not_allowed_itself(rows: Mapping[str, dict[str, Any] | None]) -> None:
    chosen = decision(rows, ALLOW)
    effective = conjunction(each["expression"] for each in rows.values() if each)

    if chosen and not allowed(effective, ALLOW):
        assert not allowed(chosen["expression"], ALLOW)
        assert RESERVED not in keys_of(effective) or RESERVED in keys_of(chosen["expression"])


def test_of_a_kept_file_the_nearest_evidence_decides() -> None:
    header = row([RuleMatch("MIT", "mit.RULE", "2-aho", 90.0, 1, 1)])
    manifest = row([RuleMatch("MIT", "mit.LICENSE", "1-hash", 100.0, 1, 20)], "PKG-INFO")

    chosen = decision({"license_header": header, "license_nearest_file": None, "license_declared": manifest}, ALLOW)

    assert chosen is not None
    assert (chosen["column"], chosen["rule"], chosen["inherited"]) == ("license_header", "mit.RULE", False)


def test_reasons_of_the_verdict_and_the_decision_agree() -> None:
    found = [RuleMatch("GPL-2.0-only", "gpl.RULE", "2-aho", 100.0, 1, 1), RuleMatch(RESERVED, "no training", "none", 0.0, 4, 4)]
    evidence = collect([LicenseFinding(match.expression, (match,)) for match in found], "a.py", inherited=False)

    assert evidence is not None
    assert judge({"the file itself": evidence}, ALLOW).reason == "license_reserved"
    assert (decision({"license_header": evidence.row()}, ALLOW) or {})["rule"] == "no training"


@given(st.text(max_size=900), st.integers(1, 40), st.integers(1, 40))
def test_a_quotation_has_one_short_line(text: str, first: int, last: int) -> None:
    quoted = quote(lines_of(text), first, last)

    assert len(quoted) <= MAX_QUOTE
    assert "\n" not in quoted


@pytest.mark.parametrize("mark", ["#", "//", " *", ";", "--", "%"])
def test_a_quotation_leaves_out_marks_of_comments(mark: str) -> None:
    lines = [f"{mark} Do what you", f"{mark}   want with it."]

    assert quote(lines, 1, 2) == "Do what you want with it."


def test_of_a_long_line_the_legal_words_are_quoted() -> None:
    line = f"{'f();' * 5000}/* licensed for nobody */{'g();' * 5000}"

    assert "licensed for nobody" in quote([line], 1, 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_quoted_lines_are_counted_as_an_editor_does(end: str) -> None:
    evidence = collect(
        [LicenseFinding("MIT", (RuleMatch("MIT", "a.RULE", "2-aho", 1.0, 2, 2, "a.py"),))], "a.py", inherited=False
    )

    filled = Quotes({"a.py": f"one{end}two{end}three"}).fill(evidence)

    assert filled is not None
    assert filled.matches[0].text == "two"


def test_words_that_a_scan_quotes_itself_stay() -> None:
    evidence = collect(
        [LicenseFinding("MIT", (RuleMatch("MIT", "a", "none", 1.0, 1, 1, "a.py", text="kept"),))], "a.py", inherited=False
    )

    filled = Quotes({"a.py": "other"}).fill(evidence)

    assert filled is not None
    assert filled.matches[0].text == "kept"


def test_pages_of_rules_are_those_of_the_installed_version() -> None:
    assert rule_url("mit_31.RULE", "MIT").endswith(f"/v{scancode_version()}/src/licensedcode/data/rules/mit_31.RULE")
    assert rule_url("mit.LICENSE", "MIT").endswith("/licenses/mit.LICENSE")
    assert rule_url("pointer: COPYING", UNKNOWN) == ""


def test_the_index_has_a_digest() -> None:
    assert len(index_digest()) == 16
    assert set(index_digest()) <= set("0123456789abcdef")
