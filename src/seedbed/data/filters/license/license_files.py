"""What each legal file of a source states, and which other files it refers to.

A file that cannot be read or understood counts as an unknown license. It must never look like a file that is not there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from seedbed.data.filters.license.deadline import DeadlineError
from seedbed.data.filters.license.declared import declared
from seedbed.data.filters.license.evidence import Evidence, LicenseFinding, RuleMatch, collect, stated, stem, unknown
from seedbed.data.filters.license.legal_files import LegalKind, kind_of
from seedbed.data.filters.license.scan import scan_whole

_LINK = re.compile(r"\.{0,2}/[^\s/*].*")
_MAX_LINK = 4096
_NAME = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*")
_LEGAL_WORDS = re.compile(
    r"licen[cs]|\bcopying\b|copyleft|permi(?:t|ssion)|grant|redistribut|"
    r"prohibit|confidential|proprietary|public domain|\bterms\b|agreement|\bshall\b|"
    r"(?:may|must|can|do) ?not\b"
)


class FilesByFolder:
    """Paths of the legal files of a source by the folder that they apply to."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._paths: dict[tuple[str, LegalKind], list[str]] = {}
        for path in sorted(files):
            kind = kind_of(path)
            if kind is not None:
                folder = posixpath.dirname(path.replace("\\", "/"))
                applies_to = posixpath.dirname(folder) if kind is LegalKind.TEXTS else folder
                self._paths.setdefault((applies_to, kind), []).append(path)

    def of(self, folder: str, *kinds: LegalKind) -> list[str]:
        """Paths of these kinds that apply to a folder."""
        return [path for kind in kinds for path in self._paths.get((folder, kind), ())]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one file states: its evidence, None or silent when it states nothing, and the license files that it refers to."""

    evidence: Evidence | None
    refers: tuple[str, ...] = ()

    @property
    def stated(self) -> Evidence | None:
        """The evidence, unless it is silent."""
        return stated(self.evidence)


class LegalTexts:
    """The statements of a source's legal files. Each text is scanned once, when it is first asked for.

    Args: files: path to text, None for one that cannot be read; timeout_s, max_bytes: limits for each of them.
    """

    def __init__(self, files: Mapping[str, str | None], timeout_s: float, max_bytes: int) -> None:
        self.by_folder = FilesByFolder(files)
        self._files = files
        self._inside: dict[str, list[str]] = {}
        for file in files:
            self._inside.setdefault(posixpath.dirname(file), []).append(file)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._statement = cache(self._scan)

    def evidence(self, path: str) -> list[Evidence]:
        """Evidence in a license file and in those it refers to; an unknown license where those state nothing."""
        reached = dict.fromkeys([path])
        waiting = [path]
        while waiting:
            new = [file for file in self._statement(waiting.pop()).refers if file not in reached]
            reached |= dict.fromkeys(new)
            waiting += new
        evidence = [part for file in reached if (part := self._statement(file).stated)]
        is_answered = any(file != path and self._statement(file).stated for file in reached)
        if self._statement(path).refers and not is_answered:
            evidence += _evidence([unknown("pointer: to files that say nothing", path)], path)
        return evidence

    def silent(self, path: str) -> list[Evidence]:
        """What was found in a license file that states nothing."""
        evidence = self._statement(path).evidence
        return [evidence] if evidence and not stated(evidence) else []

    def resolve(self, findings: list[LicenseFinding], path: str, *, inherited: bool) -> Statement:
        """The statement of a file with these findings. A pointer is replaced by the license files it names, if any."""
        targets = {match: self._targets(match, path) for finding in findings for match in finding.matches if match.is_pointer}
        names_license = any(match not in targets for finding in findings if finding.expression for match in finding.matches)
        itself = stem(path) if names_license else ""
        rest = [
            finding.without(lambda match: bool(targets[match]) or itself in {stem(name) for name in match.refers})
            for finding in findings
        ]
        files = dict.fromkeys(file for files in targets.values() for file in files)
        return Statement(collect(rest, path, inherited=inherited), tuple(files))

    def manifest(self, path: str) -> tuple[list[LicenseFinding], tuple[str, ...]]:
        """Findings in a manifest without its pointers to license files that have evidence, and those files."""
        text = self._files[path]
        findings = [_unreadable(path)] if text is None else _or_unknown(lambda: declared(path, text, self._timeout_s), path)
        pointers = (match for finding in findings for match in finding.matches if match.is_pointer)
        targets = {match: files for match in pointers if any(map(self.evidence, files := self._targets(match, path)))}
        rest = [finding.without(targets.__contains__) for finding in findings]
        return rest, tuple(dict.fromkeys(file for files in targets.values() for file in files))

    def _targets(self, match: RuleMatch, path: str) -> tuple[str, ...]:
        """License files that a pointer means: at that very place, else the nearest of that name in or above the folder."""
        places = (self._at(posixpath.join(folder, "_"), name) for name in match.refers for folder in folders_above(path))
        exact = [file for file in next(filter(None, places), []) if file != path]
        if exact:
            return tuple(exact)
        stems = {stem(name) for name in match.refers}
        for folder in folders_above(path):
            files = self.by_folder.of(folder, LegalKind.LICENSE, LegalKind.HINT, LegalKind.TEXTS)
            named = tuple(file for file in files if stem(file) in stems and file != path)
            if named:
                return named
        return ()

    def _at(self, path: str, target: str) -> list[str]:
        """The license file at a target relative to a file, or all license files of the folder that it names."""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if place in self._files and place != path and kind_of(place) is not LegalKind.MANIFEST:
            return [place]
        inside = self._inside.get(place, []) if "/" in target else []
        return [file for file in inside if file != path and kind_of(file) is not LegalKind.MANIFEST]

    def _scan(self, path: str) -> Statement:
        text = self._files[path]
        if text is None:
            return Statement(collect([_unreadable(path)], path, inherited=True))
        target = text.strip()
        linked = self._at(path, target) if len(target) < _MAX_LINK and "\n" not in target else []
        if linked:
            return Statement(None, tuple(linked))
        if _LINK.fullmatch(target):
            return Statement(collect([unknown(f"link: {target[:100]}", path)], path, inherited=True))
        findings = _or_unknown(lambda: scan_whole(text, path, timeout_s=self._timeout_s, max_bytes=self._max_bytes), path)
        statement = self.resolve(findings, path, inherited=True)
        is_silent = statement.stated is None and not statement.refers
        return self._unrecognised(path, text, findings) if is_silent and kind_of(path) in _MUST_STATE else statement

    def _unrecognised(self, path: str, text: str, clues: list[LicenseFinding]) -> Statement:
        """Statement of a license file with clues at most: it refers to another one by name, or its legal words are unknown."""
        names = dict.fromkeys(name.rstrip(".") for name in _NAME.findall(text))
        referred = dict.fromkeys(file for name in names for file in self._named(path, name))
        if referred:
            return Statement(collect(clues, path, inherited=True), tuple(referred))
        lines = (1, text.count("\n") + 1)
        findings = [unknown("not understood", path, lines)] if _LEGAL_WORDS.search(text.lower()) else []
        return Statement(collect([*findings, *clues], path, inherited=True))

    def _named(self, path: str, name: str) -> list[str]:
        """License files of this very name in or above the folder of a file, or at this place."""
        if "/" in name:
            return self._at(path, name)
        if name.lower() == "copyright":  # a word of every notice
            return []
        for folder in folders_above(path):
            files = self.by_folder.of(folder, LegalKind.LICENSE, LegalKind.HINT)
            named = [file for file in files if file != path and posixpath.basename(file) == name]
            if named:
                return named
        return []


_MUST_STATE = (LegalKind.LICENSE, LegalKind.HINT)
"""Kinds of file that must state a license: without one, their legal words count as an unknown license."""


def folders_above(path: str) -> Iterator[str]:
    """The folder of a path, then its parents up to the root, which is the empty string."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _evidence(findings: list[LicenseFinding], path: str) -> list[Evidence]:
    evidence = collect(findings, path, inherited=True)
    return [evidence] if evidence else []


def _unreadable(path: str) -> LicenseFinding:
    return unknown("not-scanned: too large, binary, or in no known encoding", path)


def _or_unknown(scan: Callable[[], list[LicenseFinding]], path: str) -> list[LicenseFinding]:
    """The findings of a scan; an unknown license when it takes too long."""
    try:
        return scan()
    except DeadlineError as error:
        return [unknown(f"not-scanned: {error}", path)]
