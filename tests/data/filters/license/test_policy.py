"""Laws of the policy: what an expression allows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.errors import RecipeError
from seedbed.data.filters.license.evidence import Evidence
from seedbed.data.filters.license.expressions import RESERVED, category, conjunction, known_licenses
from seedbed.data.filters.license.expressions import keys as keys_of
from seedbed.data.filters.license.policy import (
    DEFAULT,
    DEFAULT_ALLOW,
    OWN,
    Policy,
    allowed,
    blamed,
    check_allow,
    effective,
    gravest,
    judge,
    policies,
    policy_of,
)

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
        (f"MIT AND {RESERVED}", "license_reserved"),
        (f"GPL-3.0-only AND LicenseRef-scancode-unknown AND {RESERVED}", "license_reserved"),
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


@given(expressions)
def test_allowing_all_that_is_blamed_allows_it(expression: str) -> None:
    named = blamed(expression, DEFAULT_ALLOW)

    assert allowed(expression, {*DEFAULT_ALLOW, *named})
    assert not set(named) & set(DEFAULT_ALLOW)
    assert bool(named) != allowed(expression, DEFAULT_ALLOW)


@given(expressions, expressions)
def test_a_satisfied_choice_is_never_blamed(left: str, right: str) -> None:
    """The choice is what stands under `MIT`; the key in the way stands beside it."""
    named = blamed(f"(MIT OR ({left})) AND ({right}) AND LGPL-2.1-only", DEFAULT_ALLOW)

    assert set(named) == {*blamed(right, DEFAULT_ALLOW), "LGPL-2.1-only"}


def test_details_blame_what_is_in_the_way_alone() -> None:
    verdict = judge({"a manifest": evidence("(MIT OR GPL-3.0-only) AND LGPL-2.1-only", "PKG-INFO")}, DEFAULT_ALLOW)

    assert verdict.detail == "LGPL-2.1-only in a manifest (PKG-INFO)"


@given(st.sets(st.sampled_from([*keys_of("GPL-2.0-only AND LGPL-2.1-only AND LicenseRef-scancode-unknown"), RESERVED])))
def test_the_gravest_keys_are_some_of_those_in_the_way(in_the_way: set[str]) -> None:
    found = gravest(in_the_way)

    assert found <= in_the_way
    assert bool(found) == bool(in_the_way)
    assert RESERVED not in in_the_way or found == {RESERVED}


@pytest.mark.parametrize("name", list(policies()))
def test_a_ready_made_policy_has_known_keys_once_each(name: str) -> None:
    allow = policies()[name].allow

    assert check_allow(allow) == allow
    assert len(set(allow)) == len(allow)


def test_a_rating_of_the_blue_oak_council_includes_the_better_ones() -> None:
    ratings = [set(policies()[f"blue-oak-{rating}"].allow) for rating in ("model", "gold", "silver", "bronze", "lead")]

    assert all(better < worse for better, worse in pairwise(ratings))
    assert {"Apache-2.0", "MIT"} <= ratings[2]
    assert "Artistic-2.0" in ratings[3] - ratings[2]


@pytest.mark.parametrize("name", list(policies()))
def test_no_ready_made_policy_lets_copyleft_or_a_non_commercial_license_in(name: str) -> None:
    categories = {known_licenses()[key] for key in policies()["default"].allow}

    assert categories <= {"Permissive", "Public Domain", "Patent License"}
    for key in ("GPL-3.0-only", "LGPL-2.1-only", "AGPL-3.0-only", "CC-BY-NC-4.0", "BUSL-1.1", "Elastic-2.0", RESERVED):
        assert not allowed(key, policies()[name].allow)


@pytest.mark.parametrize("key", ["CC-PDDC", "libtiff", "BSD-3-Clause-Sun", "LicenseRef-scancode-bsd-unchanged", "SAX-PD-2.0"])
def test_texts_that_ask_for_no_more_than_the_notice_are_on_the_default_list(key: str) -> None:
    assert allowed(key, DEFAULT_ALLOW)


@pytest.mark.parametrize("key", ["CC-PDM-1.0", "CC-BY-4.0", "BSD-4-Clause", "ANTLR-PD", "FTL", "HPND-export-US"])
def test_texts_that_ask_for_more_than_the_notice_are_not(key: str) -> None:
    assert not allowed(key, DEFAULT_ALLOW)


@given(st.permutations(["MIT", "ISC", "Zlib"]))
def test_the_digest_of_a_policy_is_that_of_its_keys_in_any_order(allow: list[str]) -> None:
    assert Policy("a", tuple(allow)).digest == Policy("b", ("ISC", "MIT", "Zlib")).digest
    assert Policy("a", tuple(allow[:2])).digest != Policy("a", tuple(allow)).digest


def test_a_recipe_names_a_policy_or_writes_a_list_or_gets_the_default() -> None:
    assert policy_of(None, ()) == DEFAULT
    assert policy_of("blue-oak-silver", ()) == policies()["blue-oak-silver"]
    assert policy_of(None, ["MIT"]) == Policy(OWN, ("MIT",))


@pytest.mark.parametrize("name", [*policies(), OWN])
def test_what_a_manifest_writes_means_the_same_policy_again(name: str) -> None:
    policy = policies().get(name) or Policy(OWN, ("MIT",))

    assert policy_of(policy.name, policy.allow) == policy


def test_a_policy_and_another_list_are_refused() -> None:
    with pytest.raises(RecipeError, match=r"license: policy default and allow are two lists\. Allowed: one of them"):
        policy_of("default", ["MIT"])


@pytest.mark.parametrize("name", ["silver", OWN])
def test_an_unknown_policy_lists_the_known_ones(name: str) -> None:
    with pytest.raises(RecipeError, match=r"no such policy\. Allowed: default, blue-oak-model, .*blue-oak-lead"):
        policy_of(name, ())


def test_a_reservation_can_be_allowed_by_no_list() -> None:
    with pytest.raises(RecipeError, match="reservation against AI training cannot be allowed"):
        check_allow([RESERVED])


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
