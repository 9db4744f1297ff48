"""What declares a license for a path: manifests, READMEs and patterns of paths in the folders above it.

All of them count, up to the first folder that is a package of its own: one whose manifest declares a license and that has a
license file. What a folder of metadata or a pattern of paths says counts at any height.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from seedbed.data.filters.license.assignments import Assignment, BrokenAssignmentError, assignments, folder_of
from seedbed.data.filters.license.by_folder import folders_above
from seedbed.data.filters.license.choices import without_stated_choices
from seedbed.data.filters.license.conditions import Place
from seedbed.data.filters.license.declarations.python import description
from seedbed.data.filters.license.declared import named_license
from seedbed.data.filters.license.evidence import UNKNOWN, Evidence, LicenseFinding, RuleMatch, collect, join, stated, unknown
from seedbed.data.filters.license.expressions import is_unknown, keys
from seedbed.data.filters.license.legal_names import LegalKind, is_license_text, kind_of
from seedbed.data.filters.license.license_files import LegalTexts, Sample
from seedbed.data.filters.license.packages import PackageMetadata, Voice
from seedbed.data.filters.license.pointers import pointers
from seedbed.data.filters.license.readme import Passage, passages

_CORE_METADATA = ("PKG-INFO", "METADATA")


@dataclass(frozen=True, slots=True)
class _Declared:
    """What the manifests and READMEs of one place declare, and the license files that they refer to."""

    evidence: tuple[Evidence, ...]
    refers: tuple[str, ...]

    @property
    def is_stated(self) -> bool:
        return any(map(stated, self.evidence))


class DeclaredAbove:
    """Declarations in one source. Each manifest is read once, when a path first asks for it."""

    def __init__(self, texts: LegalTexts, packages: PackageMetadata) -> None:
        self._texts = texts
        self._packages = packages
        self._manifests = cache(self._read_manifests)
        self._readmes = cache(self._read_readmes)
        self._of_folder = cache(self._read_folder)
        self._of_package = cache(self._read_package)
        self._has_assignments = texts.by_folder.has(LegalKind.ASSIGNMENT)
        self._statement = cache(self._read_readme)
        self._entries = cache(self._read_entries)

    def evidence(self, path: str) -> list[Evidence]:
        """Evidence for a path that states a license, without the license files that it refers to."""
        parts = [part for declared in self._above(path) for part in declared.evidence]
        return [part for part in dict.fromkeys([*parts, *self.assigned(path)]) if stated(part)]

    def joined(self, path: str, applying: Collection[str]) -> Evidence | None:
        """All evidence for a path, and that of the license files it refers to. Args: applying: those that count anyway."""
        declared = list(self._above(path))
        sample = Sample(path)
        files = dict.fromkeys(file for entry in declared for file in entry.refers if file not in applying)
        elsewhere = [part for file in files for part in self._texts.evidence(file, sample)]
        return join(dict.fromkeys([*(part for entry in declared for part in entry.evidence), *self.assigned(path), *elsewhere]))

    def doubtful(self, path: str) -> list[Evidence]:
        """Evidence of metadata that may be those of another package than the path's."""
        return [part for entry in self._installed(path, Voice.MAYBE) for part in entry.evidence if stated(part)]

    def assigned(self, path: str) -> list[Evidence]:
        """Evidence of the patterns that match a path, in `REUSE.toml`, `.reuse/dep5` and `debian/copyright`."""
        folders = folders_above(path) if self._has_assignments else ()
        return [part for folder in folders for file in self._assigning(folder) for part in self._by_pattern(file, path)]

    def _above(self, path: str) -> Iterator[_Declared]:
        yield from self._of_package(posixpath.dirname(path))
        yield from self._installed(path, Voice.YES)

    def _read_package(self, folder: str) -> tuple[_Declared, ...]:
        """What is declared in a folder and above it, up to the first folder that is a package of its own."""
        declared = [self._of_folder(folder)]
        if folder and not self._is_package(folder):
            declared += self._of_package(posixpath.dirname(folder))
        return tuple(entry for entry in declared if entry.evidence or entry.refers)

    def _installed(self, path: str, voice: Voice) -> Iterator[_Declared]:
        for folder in folders_above(path) if self._packages.folders else ():
            for metadata, files in self._packages.beside(folder).items():
                if self._packages.voice(metadata, path) is voice:
                    yield self._manifests(tuple(file for file in files if kind_of(file) is LegalKind.MANIFEST))

    def _read_folder(self, folder: str) -> _Declared:
        manifests = self._manifests(tuple(self._texts.by_folder.of(folder, LegalKind.MANIFEST)))
        readmes = self._readmes(tuple(self._texts.by_folder.of(folder, LegalKind.README)))
        return _Declared((*manifests.evidence, *readmes.evidence), (*manifests.refers, *readmes.refers))

    def _is_package(self, folder: str) -> bool:
        """Whether a folder is a whole package: its manifest declares a license, and a license file in it states one."""
        manifests = self._manifests(tuple(self._texts.by_folder.of(folder, LegalKind.MANIFEST)))
        files = self._texts.by_folder.of(folder, LegalKind.LICENSE, LegalKind.CODE)
        sample = Sample(posixpath.join(folder, "_"))
        return bool(folder) and manifests.is_stated and any(self._texts.evidence(file, sample) for file in files)

    def _read_manifests(self, paths: tuple[str, ...]) -> _Declared:
        """Evidence of the manifests of one folder together, and the license files that they refer to."""
        read = {path: self._texts.manifest(path, Sample(posixpath.join(posixpath.dirname(path), "_"))) for path in paths}
        findings = without_stated_choices({path: in_manifest for path, (in_manifest, _) in read.items()})
        is_built = any(
            finding.decides for path in paths if posixpath.basename(path) in _CORE_METADATA for finding in findings[path]
        )
        if is_built:  # core metadata hold what the program computed
            findings = {path: [_without_computed(finding) for finding in in_manifest] for path, in_manifest in findings.items()}
        described = self._readmes(tuple(path for path in paths if posixpath.basename(path) in _CORE_METADATA))
        evidence = [part for path in paths if (part := collect(findings[path], path, inherited=True))]
        refers = dict.fromkeys(file for path in paths for file in read[path][1])
        return _Declared((*evidence, *described.evidence), (*refers, *described.refers))

    def _read_readmes(self, paths: tuple[str, ...]) -> _Declared:
        read = [self._statement(path) for path in paths]
        return _Declared(
            tuple(part for entry in read for part in entry.evidence), tuple(file for entry in read for file in entry.refers)
        )

    def _read_readme(self, path: str) -> _Declared:
        """What the passages of a README state about the license. Its pointers to a missing LICENSE state nothing."""
        text = self._texts.files[path]
        above, body = description(text or "") if posixpath.basename(path) in _CORE_METADATA else (0, text or "")
        findings = [finding.placed(path, above) for finding in self._in_readme(body, path)]
        statement = self._texts.resolve([_without_standard_pointers(finding) for finding in findings], path, inherited=True)
        pointed = [
            file
            for finding in findings
            for match in finding.matches
            if match.is_pointer
            for file in self._texts.targets(match, path)
        ]
        return _Declared((statement.evidence,) if statement.evidence else (), tuple(dict.fromkeys([*statement.refers, *pointed])))

    def _in_readme(self, text: str, path: str) -> list[LicenseFinding]:
        """Findings in the passages of a README about the license, and what it reserves or forbids anywhere else."""
        parts = self._texts.within(lambda: passages(text, posixpath.basename(path)))
        if parts is None:
            return [unknown("not-scanned: over the time limit", path)]
        speaking = [passage for passage in parts if passage.is_section or not self._lists_files(passage, path)]
        findings = [finding for passage in speaking for finding in self._in_passage(passage, path)]
        return [*findings, *self._texts.scan_document(text, path)] if text else findings

    def _lists_files(self, passage: Passage, path: str) -> bool:
        """Whether each line of a passage begins with the name of a license file that is there and speaks for itself."""
        names = [line.split()[0].strip("*-`:") for line in passage.text.splitlines() if line.strip()]
        folder = posixpath.dirname(path)
        return all(is_license_text(name) and posixpath.join(folder, name) in self._texts.files for name in names)

    def _in_passage(self, passage: Passage, path: str) -> list[LicenseFinding]:
        text = passage.of_the_work
        findings = self._texts.scan(text, path, Place.README)
        findings += pointers(text, findings, path)
        if not any(finding.expression for finding in findings):
            findings += _by_name(passage, path)
        if passage.is_section and passage.asks:
            lines = (1, passage.text.count("\n") + 1)
            findings.append(unknown("a condition that is not understood", path, lines, text=text))
        return [finding.placed(path, passage.first_line - 1) for finding in findings]

    def _assigning(self, folder: str) -> list[str]:
        files = (file for place in (folder, *_around(folder)) for file in self._texts.by_folder.of(place, LegalKind.ASSIGNMENT))
        return [file for file in dict.fromkeys(files) if folder_of(file) == folder]

    def _by_pattern(self, file: str, path: str) -> Iterator[Evidence]:
        text = self._texts.files[file]
        folder = folder_of(file)
        entries = self._entries(file)
        if entries is None:
            evidence = self._in_prose(text, file, path)
        else:
            below = path[len(folder) + 1 if folder else 0 :]
            last = next((entry for entry in reversed(entries) if entry.matches(below)), None)
            evidence = [collect(self._findings(last, file), file, inherited=True)] if last else []
        yield from (part for part in evidence if part)

    def _read_entries(self, file: str) -> tuple[Assignment, ...] | None:
        """Entries of a file of patterns; None for one that cannot be read."""
        text = self._texts.files[file]
        try:
            return None if text is None else self._texts.within(lambda: tuple(assignments(file, text)))
        except BrokenAssignmentError:
            return None

    def _in_prose(self, text: str | None, file: str, path: str) -> list[Evidence | None]:
        """What a file states that should assign licenses and does not: a `debian/copyright` of the old kind is a text."""
        findings = self._texts.scan(text, file) if text and file.endswith("debian/copyright") else []
        findings += pointers(text, findings, file) if text and file.endswith("debian/copyright") else []
        statement = self._texts.resolve(findings, file, inherited=True)
        pointed = [part for name in statement.refers for part in self._texts.evidence(name, Sample(path))]
        if statement.stated or pointed:
            return [statement.evidence, *pointed]
        return [collect([unknown("not-scanned: patterns that cannot be read", file)], file, inherited=True)]

    def _findings(self, entry: Assignment, file: str) -> list[LicenseFinding]:
        """The licenses of an entry; where a name is unknown, the text of that license in the same file."""
        findings = []
        for declaration in entry.licenses:
            named = named_license(declaration.words, file)
            body = declaration.field.partition("\n")[2]
            is_known = named and not any(
                is_unknown(key) for finding in named if finding.expression for key in keys(finding.expression)
            )
            findings += named if is_known or not body else self._texts.scan(body, file) or named
        return findings


def _around(folder: str) -> tuple[str, ...]:
    return tuple(posixpath.join(folder, name) for name in (".reuse", "debian"))


def _without_computed(finding: LicenseFinding) -> LicenseFinding:
    return finding.set_aside("repeats", lambda match: match.rule.endswith(": no literal"))


_STANDARD = frozenset({LegalKind.LICENSE, LegalKind.HINT})


def _without_standard_pointers(finding: LicenseFinding) -> LicenseFinding:
    """A README's "see LICENSE" adds nothing to the license file, and is no statement where that is missing."""

    def is_standard(match: RuleMatch) -> bool:
        names_only = match.matcher != "none" or bool(match.refers)
        is_reference = match.expression == UNKNOWN and names_only
        return is_reference and all(kind_of(name.strip("./")) in _STANDARD for name in match.refers)

    return finding.set_aside("pointer", is_standard)


def _by_name(passage: Passage, path: str) -> list[LicenseFinding]:
    """A license in the few words of a section: `MPL-2.0`, `[MIT](LICENSE) \u00a9 A. Person`; unknown if they are others."""
    words = passage.words
    if passage.is_section and words and len(words.split()) <= _MAX_WORDS:
        return named_license(words, path)
    is_open = passage.forbids or (passage.is_section and passage.speaks_of_rights and words)
    lines = (1, passage.text.count("\n") + 1)
    return [unknown("not understood: in a README", path, lines, text=passage.text)] if is_open else []


_MAX_WORDS = 8
