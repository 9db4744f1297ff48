"""Exact and approximate matches together: what was matched exactly is never withdrawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.filters.license.detected import Detected, TextChange, both, numbers, runs
from seedbed.data.filters.license.evidence import LicenseFinding, RuleMatch
from seedbed.data.filters.license.expressions import is_unknown, keys
from seedbed.data.filters.license.scan import scan_whole

pytestmark = pytest.mark.forks

EXPRESSIONS = ["MIT", "GPL-2.0-only", "MIT OR Apache-2.0", "LicenseRef-scancode-unknown-license-reference", None]


@st.composite
def detected(draw: st.DrawFn) -> Detected:
    findings, words = [], []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.integers(1, 20))
        last, expression = first + draw(st.integers(0, 5)), draw(st.sampled_from(EXPRESSIONS))
        role = "decides" if expression else "clue"
        match = RuleMatch(expression or "MIT", "rule", "2-aho", 100.0, first, last, role=role)  # type: ignore[arg-type]
        findings.append(LicenseFinding(expression, (match,)))
        words.append(((first * 10, last * 10 + 9),))
    return Detected(tuple(findings), tuple(words))


changes = st.lists(
    st.builds(
        lambda coverage, first, length: TextChange("rule", (), (), coverage, (1, 2), ((first, first + length),)),
        st.floats(0, 100),
        st.integers(0, 200),
        st.integers(0, 200),
    ),
    max_size=2,
)


@given(detected(), detected(), changes)
def test_exact_evidence_is_never_withdrawn(exact: Detected, near: Detected, texts: list[TextChange]) -> None:
    near = Detected(near.findings, near.words, tuple(texts))

    result = both(exact, near)
    found_keys = {key for finding in result.findings if finding.decides for key in keys(finding.expression or "")}
    set_aside = {m.expression for finding in result.findings for m in finding.matches if m.role == "discarded"}
    for finding in exact.findings:
        wanted = {key for key in keys(finding.expression or "") if not is_unknown(key)} if finding.decides else set()
        assert wanted <= found_keys or finding.expression in set_aside


@given(detected(), detected())
def test_approximate_evidence_stays_too(exact: Detected, near: Detected) -> None:
    result = both(exact, near)

    assert result.findings[: len(near.findings)] == near.findings
    assert len(result.findings) == len(result.words)


@given(st.sets(st.integers(0, 60)))
def test_runs_are_the_numbers(values: set[int]) -> None:
    assert list(numbers(runs(values))) == sorted(values)


def test_a_gpl_line_in_the_midst_of_an_mit_text_stays(mit: str) -> None:
    first, *others = mit.split("\n\n")
    text = "\n\n".join([first, "This file is licensed under the GPL version 2.", *others])

    expressions = [finding.expression or "" for finding in scan_whole(text, "LICENSE") if finding.decides]
    assert any("GPL-2.0" in expression for expression in expressions)
