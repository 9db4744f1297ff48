"""Laws of the policy: what an expression allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.errors import RecipeError
from seedbed.data.filters.license.evidence import Evidence
from seedbed.data.filters.license.expressions import category, conjunction
from seedbed.data.filters.license.policy import DEFAULT_ALLOW, allowed, check_allow, effective, judge

KEYS = ("MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-only", "LicenseRef-scancode-unknown-license-reference")
keys = st.sampled_from([*KEYS, "GPL-2.0-only WITH Classpath-exception-2.0", "Apache-2.0 WITH LLVM-exception"])
expressions = st.recursive(
    keys, lambda inner: st.builds("({}) {} ({})".format, inner, st.sampled_from(["AND", "OR"]), inner), max_leaves=8
)


def evidence(expression: str, file: str = "LICENSE") -> Evidence:
    return Evidence(expression, category(expression), True, (file,), ())


@given(expressions, expressions)
def test_and_is_allowed_when_both_sides_are(left: str, right: str) -> None:
    both = allowed(f"({left}) AND ({right})", DEFAULT_ALLOW)

    assert both == (allowed(left, DEFAULT_ALLOW) and allowed(right, DEFAULT_ALLOW))


@given(expressions, expressions)
def test_or_is_allowed_when_a_side_is(left: str, right: str) -> None:
    either = allowed(f"({left}) OR ({right})", DEFAULT_ALLOW)

    assert either == (allowed(left, DEFAULT_ALLOW) or allowed(right, DEFAULT_ALLOW))


@given(st.lists(expressions, min_size=1, max_size=3))
def test_more_evidence_never_allows_more(voices: list[str]) -> None:
    verdict = judge({str(number): evidence(voice) for number, voice in enumerate(voices)}, DEFAULT_ALLOW)

    assert verdict.is_allowed == all(allowed(voice, DEFAULT_ALLOW) for voice in voices)


@given(st.lists(expressions, min_size=1, max_size=3))
def test_order_of_evidence_does_not_change_the_expression(voices: list[str]) -> None:
    assert conjunction(voices) == conjunction(reversed(voices))


def test_a_choice_that_was_made_swallows_the_choice() -> None:
    assert effective([evidence("Apache-2.0 OR MIT"), evidence("MIT")]) == "MIT"


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("GPL-2.0-only WITH LLVM-exception", False),
        ("Apache-2.0 WITH Classpath-exception-2.0", False),
        (None, False),
    ],
)
def test_with_needs_the_license_and_the_exception(expression: str | None, verdict: bool) -> None:
    assert allowed(expression, DEFAULT_ALLOW) is verdict


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("GPL-3.0-only", "license_not_allowed"),
        ("CC-BY-4.0", "license_not_allowed"),
        ("MIT AND LicenseRef-scancode-unknown-license-reference", "license_unknown"),
        ("MIT AND LicenseRef-scancode-warranty-disclaimer", "license_unknown"),
        ("GPL-3.0-only AND LicenseRef-scancode-unknown", "license_not_allowed"),
    ],
)
def test_what_is_not_allowed_has_its_reason(expression: str, reason: str) -> None:
    assert judge({"the nearest license file": evidence(expression)}, DEFAULT_ALLOW).reason == reason


def test_nothing_found_is_no_license() -> None:
    assert judge({"the file itself": None}, DEFAULT_ALLOW).reason == "no_license"


def test_detail_names_the_key_and_where_it_came_from() -> None:
    verdict = judge(
        {"the file itself": evidence("MIT", "a.py"), "a manifest": evidence("GPL-3.0-only", "PKG-INFO")}, DEFAULT_ALLOW
    )

    assert verdict.detail == "GPL-3.0-only in a manifest (PKG-INFO)"


def test_default_list_is_known() -> None:
    assert check_allow(DEFAULT_ALLOW) == DEFAULT_ALLOW
    assert len(set(DEFAULT_ALLOW)) == len(DEFAULT_ALLOW)


def test_unknown_key_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"Apache-2: not an SPDX license key\. Nearest: .*Apache-2\.0"):
        check_allow(["MIT", "Apache-2"])


def test_no_unknown_license_can_be_allowed() -> None:
    with pytest.raises(RecipeError, match="no license in particular"):
        check_allow(["LicenseRef-scancode-unknown-license-reference"])


@pytest.mark.parametrize(
    ("expression", "name"),
    [("MIT AND GPL-2.0-only", "Copyleft"), ("MIT OR GPL-2.0-only", "Permissive"), ("MIT", "Permissive")],
)
def test_category_is_the_most_restrictive_that_applies(expression: str, name: str) -> None:
    assert category(expression) == name
