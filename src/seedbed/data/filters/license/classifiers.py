"""Trove classifiers list licenses side by side and cannot say how they combine; a choice that is stated beside them can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from seedbed.data.filters.license.evidence import Finding
from seedbed.data.filters.license.expressions import alternatives, conjunction, keys


def answered(findings: Mapping[str, Sequence[Finding]]) -> dict[str, list[Finding]]:
    """Findings in the manifests of one folder, by manifest, without the classifiers that repeat the sides of a stated choice.

    They repeat it only when every side has its classifier: `MIT OR GPL-3.0-only` beside the one classifier of the GPL
    stays the GPL. A classifier that names another license adds it.
    """
    everything = [finding for found in findings.values() for finding in found]
    listed = {key for finding in everything for key in _listed(finding)}
    sides = {side for offer in _choices(everything) if offer <= listed for side in offer}
    return {name: [_without(finding, sides) for finding in found] for name, found in findings.items()}


def _choices(findings: Iterable[Finding]) -> Iterator[frozenset[str]]:
    """Sides of each plain `A OR B ...` that something other than a classifier states."""
    for finding in findings:
        offer = alternatives(finding.expression) if finding.expression else None
        if offer and not any(match.is_classifier for match in finding.matches):
            yield offer


def _listed(finding: Finding) -> Iterator[str]:
    return (key for match in finding.matches if match.is_classifier for key in keys(match.expression))


def _without(finding: Finding, sides: set[str]) -> Finding:
    rest = tuple(match for match in finding.matches if not (match.is_classifier and sides.issuperset(keys(match.expression))))
    if len(rest) == len(finding.matches):
        return finding
    return Finding(conjunction(match.expression for match in rest), rest)
