"""How several statements on one folder combine: all hold, unless one of them says that they are alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from seedbed.data.filters.license.evidence import Evidence, LicenseFinding
from seedbed.data.filters.license.expressions import alternatives, choices_in, conjunction, keys, sides_of


def combined(licenses: Sequence[Evidence], others: Iterable[Evidence | None]) -> str | None:
    """Expression of texts in one folder: all hold, but for those that some evidence states to be alternatives.

    A choice counts where the texts hold at least two of its sides; it may be a part of a larger expression.
    """
    together = conjunction(evidence.expression for evidence in licenses)
    if together is None:
        return None
    required = sides_of(together)
    for evidence in (*others, *licenses):
        for offered in choices_in(evidence.expression) if evidence and evidence.expression else ():
            offer = " OR ".join(sorted(offered))
            if len(required & offered) > 1:
                required = (required - offered) | {offer}
    return conjunction(required)


def assigned(texts: list[Evidence], own: Evidence | None) -> tuple[list[Evidence], str | None]:
    """The texts of a folder that apply, and their expression: what a file states itself chooses among them, else all apply."""
    available = {key for text in texts for key in text.keys}
    if own and own.expression and available.issuperset(own.keys):
        chosen = set(own.keys)
        return [text for text in texts if chosen & set(text.keys)], own.expression
    return texts, conjunction(text.expression for text in texts)


def without_stated_choices(findings: Mapping[str, Sequence[LicenseFinding]]) -> dict[str, list[LicenseFinding]]:
    """Findings in the manifests of one folder, by manifest, without the classifiers that repeat the sides of a stated choice.

    Trove classifiers list licenses side by side and cannot say how they combine; an expression beside them can. They
    repeat it only when every side has its classifier: `MIT OR GPL-3.0-only` beside the one classifier of the GPL stays
    the GPL. A classifier that names another license adds it.
    """
    everything = [finding for in_manifest in findings.values() for finding in in_manifest]
    listed = {key for finding in everything for key in _listed(finding)}
    sides = {side for offer in _choices(everything) if offer <= listed for side in offer}
    return {name: [_without(finding, sides) for finding in in_manifest] for name, in_manifest in findings.items()}


def _choices(findings: Iterable[LicenseFinding]) -> Iterator[frozenset[str]]:
    """Sides of each plain `A OR B ...` that something other than a classifier states."""
    for finding in findings:
        offer = alternatives(finding.expression) if finding.expression else None
        if offer and not any(match.is_classifier for match in finding.matches):
            yield offer


def _listed(finding: LicenseFinding) -> Iterator[str]:
    return (key for match in finding.matches if match.is_classifier for key in keys(match.expression))


def _without(finding: LicenseFinding, sides: set[str]) -> LicenseFinding:
    return finding.set_aside("repeats", lambda match: match.is_classifier and sides.issuperset(keys(match.expression)))
