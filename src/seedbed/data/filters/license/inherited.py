"""The licenses that a path inherits from the license files and manifests of its source. Rules: docs/method/licenses.md."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S
from seedbed.data.filters.license.evidence import Evidence, LicenseFinding, collect, join, stated, unknown
from seedbed.data.filters.license.expressions import alternatives, conjunction, keys
from seedbed.data.filters.license.legal_files import LegalKind
from seedbed.data.filters.license.license_files import LegalTexts, Statement, folders_above
from seedbed.data.filters.license.scan import MAX_BYTES

_VENDORED = frozenset(
    "vendor vendors vendored _vendor _vendored third_party thirdparty third-party 3rdparty 3rd_party extern external "
    "externals deps dependencies bundled _bundled node_modules".split()
)


_APPLY = (LegalKind.LICENSE, LegalKind.HINT, LegalKind.TEXTS)


class InheritedLicenses:
    """Inherited evidence in one source. Each text is scanned once, when a path first asks for it.

    Args: files: path to text of the source's legal files, None for one that cannot be read; timeout_s, max_bytes: limits
    for each of them.
    """

    def __init__(self, files: Mapping[str, str | None], timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES) -> None:
        self._texts = LegalTexts(files, timeout_s, max_bytes)
        self._declared = cache(self._read_manifests)

    def header(self, findings: list[LicenseFinding], path: str) -> Statement:
        """The statement of a file itself. Its pointers to license files are replaced by those, if they have evidence."""
        statement = self._texts.resolve(findings, path, inherited=False)
        if statement.refers and not self._evidence(statement.refers):
            return Statement(collect([*findings, unknown("pointer: to files that say nothing", path)], path, inherited=False))
        return statement

    def nearest(self, path: str, header: Statement) -> Evidence | None:
        """Evidence of the nearest license file, and of the files that the path's own header refers to.

        The header also decides which of several texts in one folder apply. Files that state nothing hide nothing; what
        was found in them is listed.
        """
        hints: list[str] = list(header.refers)
        texts: list[str] = []
        notices: list[str] = []
        for folder in folders_above(path):
            notices += self._of(folder, LegalKind.THIRD_PARTY)
            hints += self._of(folder, LegalKind.HINT)
            licenses = self._evidence(self._of(folder, LegalKind.LICENSE))
            if licenses:
                break
            texts += self._of(folder, LegalKind.TEXTS)
        vendored = self._evidence(notices) if _is_vendored(path, folder) else []
        assigned, assigned_expression = _assigned(self._evidence(texts), header.evidence)
        licenses += self._evidence(hints)
        chosen = _choice(licenses, (header.evidence, self.declared(path)))
        together = conjunction([chosen, assigned_expression, *(part.expression for part in vendored)])
        parts = [*licenses, *assigned, *vendored] or self._evidence(notices)
        return join(_distinct([*parts, *self._silent(path)]), together)

    def declared(self, path: str) -> Evidence | None:
        """Evidence of the nearest manifest that declares a license."""
        silent: list[Evidence] = []
        for folder in folders_above(path):
            evidence = self._declared(folder)
            if stated(evidence):
                break
            silent += [evidence] if evidence else []
        return join([*([evidence] if evidence and stated(evidence) else []), *silent])

    def _silent(self, path: str) -> Iterator[Evidence]:
        """What was found in the license files that apply to a path and state nothing."""
        for folder in folders_above(path):
            files = [file for kind in _APPLY for file in self._of(folder, kind)]
            for file in files:
                yield from self._texts.silent(file)
            if self._evidence(self._of(folder, LegalKind.LICENSE)):
                return

    def _of(self, folder: str, kind: LegalKind) -> list[str]:
        return self._texts.by_folder.of(folder, kind)

    def _evidence(self, paths: Iterable[str]) -> list[Evidence]:
        return _distinct(evidence for path in dict.fromkeys(paths) for evidence in self._texts.evidence(path))

    def _read_manifests(self, folder: str) -> Evidence | None:
        """Evidence of the manifests of one folder together, and of the license files elsewhere that they refer to."""
        paths = self._of(folder, LegalKind.MANIFEST)
        read = {path: self._texts.manifest(path) for path in paths}
        findings = without_stated_choices({path: in_manifest for path, (in_manifest, _) in read.items()})
        declarations = [collect(findings[path], path, inherited=True) for path in paths]
        elsewhere = [file for path in paths for file in read[path][1] if not self._applies_to(file, folder)]
        return join([*(evidence for evidence in declarations if evidence), *self._evidence(elsewhere)])

    def _applies_to(self, file: str, folder: str) -> bool:
        """Whether a license file applies to a folder by where it lies."""
        return any(
            file in self._texts.by_folder.of(above, LegalKind.LICENSE, LegalKind.HINT)
            for above in folders_above(posixpath.join(folder, "_"))
        )


def _choice(licenses: Sequence[Evidence], others: Iterable[Evidence | None]) -> str | None:
    """Texts in one folder all hold, unless some evidence states that exactly these are alternatives."""
    texts = {key for evidence in licenses for key in evidence.keys}
    for evidence in (*others, *licenses) if len(texts) > 1 else ():
        offered = alternatives(evidence.expression) if evidence else None
        if evidence and offered and texts <= offered:
            return evidence.expression
    return conjunction(evidence.expression for evidence in licenses)


def _assigned(texts: list[Evidence], header: Evidence | None) -> tuple[list[Evidence], str | None]:
    """The texts of a folder that apply, and their expression: the header chooses among them; without one all apply."""
    available = {key for text in texts for key in text.keys}
    if header and header.expression and available.issuperset(header.keys):
        chosen = set(header.keys)
        return [text for text in texts if chosen & set(text.keys)], header.expression
    return texts, conjunction(text.expression for text in texts)


def _distinct(evidences: Iterable[Evidence]) -> list[Evidence]:
    return list(dict.fromkeys(evidences))


def _is_vendored(path: str, folder: str) -> bool:
    """The path goes, below the folder, through one that holds other people's code."""
    below = path[len(folder) + 1 if folder else 0 :].split("/")[:-1]
    return not _VENDORED.isdisjoint(part.lower() for part in below)


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
