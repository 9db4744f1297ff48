"""A license verdict explained: what was found in which order, what decided, and what would make a refused file keepable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from seedbed.data.filters.license.evidence import ROLES, Role
from seedbed.data.filters.license.expressions import RESERVED, is_unknown, keys
from seedbed.data.filters.license.filters import COLUMNS, LicenseFilter
from seedbed.data.filters.license.policy import Policy, blamed

Row = Mapping[str, Any]
Explanation = dict[str, Any]


def explain(shown: str, sample: Row, reason: str | None, policy: Policy) -> Explanation:
    """Everything that a verdict rests on, as `seedbed explain --json` prints it.

    Args: shown: what to call the file; sample: its license columns; reason: of the license filter, None for a kept file;
    policy: that it was judged by.
    """
    allow = frozenset(policy.allow)
    expression = sample.get("license")
    return {
        "path": shown,
        "kept": reason is None,
        "reason": reason,
        "meaning": _meaning(reason, sample.get("block")),
        "detail": sample.get("detail"),
        "license": expression,
        "category": sample.get("license_category"),
        "in_the_way": list(blamed(expression, allow)) if expression else [],
        "decided_by": sample.get("license_decided_by"),
        "evidence": [_evidence(column, origin, sample.get(column), allow) for column, origin in COLUMNS.items()],
        "judged_with": {**(sample.get("license_judged_with") or {}), "licenses_allowed": len(allow)},
        "to_keep_it": list(_remedies(reason, sample, allow)),
    }


def _meaning(reason: str | None, block: str | None) -> str:
    if reason is None:
        return "every license that applies is on the list of the policy"
    return LicenseFilter.reasons.get(reason, f"not the license filter refused it, but `{block}`")


def _evidence(column: str, origin: str, row: Row | None, allow: Collection[str]) -> Explanation:
    expression = row["expression"] if row else None
    return {
        "column": column,
        "origin": origin,
        "inherited": column != "license_header",
        "expression": expression,
        "files": list(row["files"]) if row else [],
        "in_the_way": list(blamed(expression, allow)) if expression else [],
        "matches": [{**match, "why": _why(match, allow)} for match in (row["matches"] if row else ())],
    }


def _why(match: Row, allow: Collection[str]) -> str:
    """Why a match decides, and for what, or why it does not."""
    role: Role = match.get("role") or "decides"
    if role != "decides":
        return f"does not decide: {ROLES[role]}"
    named = blamed(match["expression"], allow)
    if not named:
        return "decides: it is allowed"
    return f"decides: {_stands(named)}"


def _stands(named: Collection[str]) -> str:
    if RESERVED in named:
        return "it reserves the work against AI training, which no policy allows"
    if all(map(is_unknown, named)):
        return "it speaks of a license that is not understood, and what is not understood is refused"
    known = [key for key in named if not is_unknown(key)]
    return f"{', '.join(known)} {'is' if len(known) == 1 else 'are'} not on the list"


def _remedies(reason: str | None, sample: Row, allow: Collection[str]) -> Iterator[str]:
    """What would make a refused file keepable; the plainest first."""
    root = (sample.get("license_judged_with") or {}).get("root") or "the project"
    expression = sample.get("license") or ""
    named = blamed(expression, allow) if expression else ()
    if reason == "no_license":
        yield f"a license file in {root}, a header in the file, or a license in the package's manifest"
    elif reason == "license_reserved":
        yield "nothing that a recipe could say; only whoever made the reservation can withdraw it"
    elif reason == "license_timeout":
        yield "more time for one text: license.timeout_seconds of the recipe"
    elif reason == "license_unknown":
        yield from _understood(sample)
    elif reason == "license_not_allowed":
        known = ", ".join(key for key in named if not is_unknown(key))
        yield f"a policy that has {known} (license.allow of the recipe); it then holds for everyone who uses the dataset"
        yield "the same code under another license from its holders, stated in the file or in its license file"
        if any(map(is_unknown, named)):
            yield from _understood(sample)


def _understood(sample: Row) -> Iterator[str]:
    """One remedy for each match that is not understood."""
    remedies: dict[str, None] = {}
    for column in COLUMNS:
        for match in (sample.get(column) or {}).get("matches", ()):
            if (match.get("role") or "decides") == "decides" and any(map(is_unknown, keys(match["expression"]))):
                place = f"{match['file']}, line {match['start_line']}"
                if match["rule"].startswith("pointer"):
                    remedies[f"the license file that {place}, points to"] = None
                else:
                    remedies[f"plain words at {place}, such as an SPDX-License-Identifier, in place of what is there"] = None
    yield from remedies
