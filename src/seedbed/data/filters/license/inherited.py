"""The licenses that a path inherits from the license files and manifests of its source. Rules: docs/method/licenses.md."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from seedbed.data.filters.license.by_folder import folders_above
from seedbed.data.filters.license.choices import assigned, combined
from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S
from seedbed.data.filters.license.declared_above import DeclaredAbove
from seedbed.data.filters.license.evidence import Evidence, LicenseFinding, collect, join, stated, unknown
from seedbed.data.filters.license.expressions import conjunction, is_content, is_unknown
from seedbed.data.filters.license.legal_names import LegalKind, content_words, kind_of, sidecar_of
from seedbed.data.filters.license.license_files import LegalTexts, Sample, Statement, elsewhere
from seedbed.data.filters.license.packages import PackageMetadata, Voice
from seedbed.data.filters.license.scan import MAX_BYTES

_VENDORED = frozenset(
    "vendor vendors vendored _vendor _vendored third_party thirdparty third-party 3rdparty 3rd_party extern external "
    "externals deps dependencies bundled _bundled node_modules".split()
)
_LEAST_SCORE = 90.0
"""Score in percent that a match in a header needs to count as the file's own complete license."""


@dataclass(slots=True)
class _Reach:
    """The legal files that a path reaches, from its folder up to the root, by what they mean for it."""

    licenses: list[str] = field(default_factory=list)
    adding: list[str] = field(default_factory=list)
    """Hints, terms and the like: they add, and hide nothing."""
    components: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    """License files of a package that may be another than the path's."""
    contents: list[str] = field(default_factory=list)
    """Licenses of documentation, pictures, fonts or data, for code: listed, not deciding."""
    stop: str = ""
    """The folder whose license files hide those above."""
    is_open: bool = True


class InheritedLicenses:
    """Inherited evidence in one source. Each text is scanned once, when a path first asks for it.

    Args: files: path to text of the source's legal files, None for one that cannot be read; timeout_s, max_bytes: limits
    for each of them.
    """

    def __init__(self, files: Mapping[str, str | None], timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES) -> None:
        self._texts = LegalTexts(files, timeout_s, max_bytes)
        self._packages = PackageMetadata(files)
        self._declared = DeclaredAbove(self._texts, self._packages)
        self._sidecars: dict[str, list[str]] = {}
        for file in files:
            if kind_of(file) is LegalKind.SIDECAR:
                self._sidecars.setdefault(sidecar_of(file) or "", []).append(file)

    def header(self, findings: list[LicenseFinding], path: str) -> Statement:
        """The statement of a file itself. Its pointers to license files are replaced by those, if they have evidence."""
        statement = self._texts.resolve(findings, path, inherited=False)
        if statement.refers and not self._evidence(statement.refers, Sample(path)):
            return Statement(collect([*findings, unknown("pointer: to files that say nothing", path)], path, inherited=False))
        return statement

    def nearest(self, path: str, header: Statement) -> Evidence | None:
        """Evidence of the nearest license file, and of the files that the path's own header refers to.

        The header also decides which of several texts in one folder apply. Files that state nothing hide nothing; what
        was found in them is listed.
        """
        sample = Sample(path, _is_complete(header.evidence))
        reach = self._reach(sample)
        declared = self._declared.evidence(path)
        sidecars = self._evidence(self._sidecars.get(path, ()), sample)
        own = join(part for part in (header.stated, *sidecars, *self._declared.assigned(path)) if part)
        chosen_texts, texts_expression = assigned(self._evidence(reach.texts, sample), own)
        licenses, content = self._licenses(reach.licenses, sample)
        licenses += self._evidence([*header.refers, *reach.adding], sample)
        sure = [*sidecars, *licenses, *chosen_texts]
        licenses += self._evidence(reach.components, sample)
        vendored = self._evidence(reach.notices, sample) if _is_vendored(path, reach.stop) else []
        parts = [*sidecars, *licenses, *chosen_texts, *vendored]
        parts += [*(self._evidence(reach.notices, sample) if not parts else []), *self._evidence(reach.doubtful, sample)]
        parts += self._declared.doubtful(path)
        together = [combined(licenses, (header.evidence, *declared)), texts_expression]
        others = (part.expression for part in parts if part not in licenses and part not in chosen_texts)
        is_alone = parts and not sure and own is None and not declared
        doubt = [_only_other_things(parts)] if is_alone else []
        expression = conjunction([*together, *others, *(part.expression for part in doubt)])
        parts += doubt
        return join(dict.fromkeys([*parts, *map(elsewhere, content), *self._silent(reach, sample)]), expression)

    def declared(self, path: str) -> Evidence | None:
        """Evidence of what declares a license for a path: manifests, READMEs and patterns of paths, in all folders above."""
        applying = self._reach(Sample(path))
        return self._declared.joined(path, {*applying.licenses, *applying.adding})

    def _reach(self, sample: Sample) -> _Reach:
        """The legal files above a path; those of a license's kind up to the first folder in which they state something."""
        reach = _Reach()
        for folder in self._speaking_above(sample.path):
            reach.adding += self._of(folder, LegalKind.TERMS, LegalKind.RESERVATION)
            installed = self._installed(folder, sample.path, reach)
            if reach.is_open:
                self._reach_folder(folder, sample, reach)
                reach.licenses += installed
                reach.is_open = not any(self._texts.evidence(file, sample) for file in reach.licenses)
                reach.texts += self._of(folder, LegalKind.TEXTS) if reach.is_open else []
                reach.stop = folder
            else:
                reach.adding += installed
        return reach

    def _speaking_above(self, path: str) -> Iterator[str]:
        """The folders above a path that have legal files, and the root."""
        speaking, installed = self._texts.by_folder.folders, self._packages.folders
        return (folder for folder in folders_above(path) if folder in speaking or folder in installed or not folder)

    def _reach_folder(self, folder: str, sample: Sample, reach: _Reach) -> None:
        licenses = self._of(folder, LegalKind.LICENSE, LegalKind.CODE)
        texts = self._texts.texts_of_summaries(licenses) if sample.states_own else frozenset()
        reach.licenses += [file for file in licenses if file not in texts]
        reach.adding += self._of(folder, LegalKind.HINT)
        reach.components += self._of(folder, LegalKind.COMPONENT)
        reach.notices += self._of(folder, LegalKind.THIRD_PARTY)
        below = set(sample.path[len(folder) + 1 if folder else 0 :].lower().split("/")[:-1])
        for file in self._of(folder, LegalKind.CONTENT):
            is_for_path = below & content_words(posixpath.basename(file))
            (reach.adding if is_for_path else reach.contents).append(file)

    def _installed(self, folder: str, path: str, reach: _Reach) -> list[str]:
        """License files of the installed packages in a folder that a path belongs to; `reach` receives those of doubt."""
        certain = []
        for metadata, files in self._packages.beside(folder).items():
            texts = [file for file in files if kind_of(file) in _TEXTS]
            voice = self._packages.voice(metadata, path)
            certain += texts if voice is Voice.YES else []
            reach.doubtful += texts if voice is Voice.MAYBE else []
        return certain

    def _licenses(self, files: Iterable[str], sample: Sample) -> tuple[list[Evidence], list[Evidence]]:
        """Evidence of the license files, and apart from it that for documentation only, where code has a license of its own."""
        by_kind = {kind: [file for file in files if (kind_of(file) is LegalKind.CODE) is kind] for kind in (True, False)}
        code, rest = self._evidence(by_kind[True], sample), self._evidence(by_kind[False], sample)
        content = [part for part in rest if code and all(map(is_content, part.keys))]
        return [*(part for part in rest if part not in content), *code], content

    def _silent(self, reach: _Reach, sample: Sample) -> Iterator[Evidence]:
        """What was found in the license files that apply to a path and decides nothing."""
        for file in dict.fromkeys([*reach.licenses, *reach.adding, *reach.components, *reach.texts]):
            yield from self._texts.silent(file, sample)
        for file in reach.contents:
            yield from map(elsewhere, self._texts.evidence(file, sample))

    def _of(self, folder: str, *kinds: LegalKind) -> list[str]:
        return self._texts.by_folder.of(folder, *kinds)

    def _evidence(self, paths: Iterable[str], sample: Sample) -> list[Evidence]:
        evidence = (part for path in dict.fromkeys(paths) for part in self._texts.evidence(path, sample))
        return list(dict.fromkeys(evidence))


_TEXTS = frozenset(
    {
        LegalKind.LICENSE,
        LegalKind.CODE,
        LegalKind.HINT,
        LegalKind.COMPONENT,
        LegalKind.TEXTS,
        LegalKind.TERMS,
        LegalKind.RESERVATION,
    }
)


def _is_complete(header: Evidence | None) -> bool:
    """Whether a file's header states a license in full: known keys, by texts, notices and SPDX lines that match well."""
    header = stated(header)
    if header is None or any(map(is_unknown, header.keys)):
        return False
    deciding = [match for match in header.matches if match.role == "decides"]
    return all(match.score >= _LEAST_SCORE for match in deciding) and any(match.is_full for match in deciding)


def _only_other_things(parts: Iterable[Evidence]) -> Evidence:
    """An unknown license, where license files speak of bundled or other components alone."""
    files = [file for part in parts for file in part.files]
    evidence = collect([unknown("no license but those of components", file) for file in files[:1]], files[0], inherited=True)
    return evidence or next(iter(parts))


def _is_vendored(path: str, folder: str) -> bool:
    """The path goes, below the folder, through one that holds other people's code."""
    below = path[len(folder) + 1 if folder else 0 :].split("/")[:-1]
    return not _VENDORED.isdisjoint(part.lower() for part in below)
