"""What each legal file of a source states, and which other files it refers to.

A file that cannot be read or understood counts as an unknown license. It must never look like a file that is not there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from seedbed.data.filters.license.bundling import is_about_its_files, is_condition, is_summary, listed_names, sections
from seedbed.data.filters.license.by_folder import FilesByFolder, folders_above
from seedbed.data.filters.license.conditions import Place
from seedbed.data.filters.license.deadline import DeadlineError, run_within
from seedbed.data.filters.license.declared import declared, named_license
from seedbed.data.filters.license.evidence import Evidence, LicenseFinding, RuleMatch, collect, join, stated, stem, unknown
from seedbed.data.filters.license.expressions import is_unknown, keys
from seedbed.data.filters.license.legal_names import LegalKind, is_license_text, kind_of, must_speak
from seedbed.data.filters.license.packages import place_of
from seedbed.data.filters.license.reservations import reservations
from seedbed.data.filters.license.scan import scan_document, scan_whole
from seedbed.data.filters.license.scopes import Scope, scopes

T = TypeVar("T")

_LINK = re.compile(r"\.{0,2}/[^\s/*].*")
_MAX_LINK = 4096
_NAME = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*")
_LEGAL_WORDS = re.compile(
    r"licen[cs]|\bcopying\b|copyleft|permi(?:t|ssion)|grant|redistribut|"
    r"prohibit|confidential|proprietary|public domain|\bterms\b|agreement|\bshall\b|"
    r"(?:may|must|can|do) ?not\b|lizenz|licencia|licenza|\u043b\u0438\u0446\u0435\u043d\u0437|\u8bb8\u53ef|"
    r"\u8a31\u53ef|\u8a31\u8afe|"
    r"\u30e9\u30a4\u30bb\u30f3\u30b9|\u7981\u6b62|\u8bad\u7ec3|\btrain(?:ing)?\b|\bscrap(?:e|ing)\b|\bcrawl|"
    r"datasets?\b|\bmining\b"
)
_HOLDER = re.compile(
    r"\W*(?:(?:portions |all )?(?:copyright|\(c\)|\u00a9|copr\.|spdx-filecopyrighttext|year\s*:|organi[sz]ation\s*:)|"
    r"authors?\s*:|[\w.+-]+@[\w.-]+\W*$)"
)
_RESERVED = re.compile(r"\W*all rights reserved\W*$|all rights reserved")
_MARKER = re.compile(r"MODULE_LICENSE_(?P<name>.+)")
"""An empty file whose name is its statement, as in Android."""
_MAX_NAME_WORDS = 8
"""A license file of more words holds more than the name of a license."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The file whose license is asked for, and whether its own header states a complete license."""

    path: str
    states_own: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of a license file states that is about something else than the code around it."""

    scope: Scope
    statement: Statement


@dataclass(frozen=True, slots=True)
class Statement:
    """What one file states: its evidence, None or silent when it states nothing, and the license files that it refers to.

    parts: what it states of some paths only.
    """

    evidence: Evidence | None
    refers: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def is_summary(self) -> bool:
        """All of it is a part that a complete header outranks."""
        return any(part.scope.first_line == 1 and not part.scope.paths and not part.scope.is_plain for part in self.parts)

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
        self.files = files
        self._inside: dict[str, list[str]] = {}
        for file in files:
            self._inside.setdefault(posixpath.dirname(file), []).append(file)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._statement = cache(self._scan)
        self._for_all: dict[str, list[Evidence]] = {}

    def evidence(self, path: str, sample: Sample) -> list[Evidence]:
        """Evidence in a license file and in those it refers to; an unknown license where those state nothing."""
        known = self._for_all.get(path)
        if known is None:
            known, reached = self._evidence(path, sample)
            if not any(self._statement(file).parts for file in reached):  # the same for every sample
                self._for_all[path] = known
        return known

    def _evidence(self, path: str, sample: Sample) -> tuple[list[Evidence], Collection[str]]:
        reached = dict.fromkeys([path])
        waiting = [path]
        while waiting:
            new = [file for file in self._refers(waiting.pop(), sample) if file not in reached]
            reached |= dict.fromkeys(new)
            waiting += new
        evidence = [part for file in reached for part in self._stated(file, sample)]
        is_answered = any(file != path and self._stated(file, sample) for file in reached)
        if self._refers(path, sample) and not is_answered:
            evidence += _evidence([unknown("pointer: to files that say nothing", path)], path)
        return evidence, reached

    def _spoken(self, path: str, sample: Sample) -> Iterator[Statement]:
        """The statement of a file, and those of its parts that are about the sample."""
        statement = self._statement(path)
        yield statement
        folder = place_of(path)
        is_below = sample.path.startswith(f"{folder}/") if folder else True
        below = sample.path[len(folder) + 1 if folder and is_below else 0 :]
        for part in statement.parts:
            if part.scope.applies(below, states_own=sample.states_own):
                yield part.statement

    def _stated(self, path: str, sample: Sample) -> list[Evidence]:
        return [statement.stated for statement in self._spoken(path, sample) if statement.stated]

    def silent(self, path: str, sample: Sample) -> list[Evidence]:
        """What was found in a legal file and does not decide: it states nothing, or something about other paths."""
        spoken = list(self._spoken(path, sample))
        silent = [statement.evidence for statement in spoken if statement.evidence and not statement.stated]
        parts = (part.statement for part in self._statement(path).parts)
        return silent + [elsewhere(part.stated) for part in parts if part.stated and part not in spoken]

    def _refers(self, path: str, sample: Sample) -> list[str]:
        return [file for statement in self._spoken(path, sample) for file in statement.refers if file != path]

    def resolve(self, findings: list[LicenseFinding], path: str, *, inherited: bool) -> Statement:
        """The statement of a file with these findings. A pointer is replaced by the license files it names, if any."""
        targets = {match: self.targets(match, path) for finding in findings for match in finding.matches if match.is_pointer}
        names_license = any(match not in targets for finding in findings if finding.expression for match in finding.matches)
        itself = stem(path) if names_license else ""
        rest = [
            finding.without(lambda match: bool(targets[match]) or itself in {stem(name) for name in match.refers})
            for finding in findings
        ]
        files = dict.fromkeys(file for files in targets.values() for file in files)
        return Statement(collect(rest, path, inherited=inherited), tuple(files))

    def manifest(self, path: str, sample: Sample) -> tuple[list[LicenseFinding], tuple[str, ...]]:
        """Findings in a manifest without its pointers to license files that have evidence, and those files."""
        text = self.files[path]
        findings = [_unreadable(path)] if text is None else _or_unknown(lambda: declared(path, text, self._timeout_s), path)
        pointed = {match: self.targets(match, path) for finding in findings for match in finding.matches if match.is_pointer}
        targets = {match: files for match, files in pointed.items() if any(self.evidence(file, sample) for file in files)}
        rest = [finding.without(targets.__contains__) for finding in findings]
        return rest, tuple(dict.fromkeys(file for files in targets.values() for file in files))

    def scan(self, text: str, path: str, place: Place = Place.LICENSE) -> list[LicenseFinding]:
        """Findings in a text about licenses; an unknown license when it takes too long."""

        def scan() -> list[LicenseFinding]:
            return scan_whole(text, path, timeout_s=self._timeout_s, max_bytes=self._max_bytes, place=place)

        return _or_unknown(scan, path)

    def scan_document(self, text: str, path: str) -> list[LicenseFinding]:
        """What a README reserves or forbids in any of its sentences; an unknown license when it takes too long."""
        return _or_unknown(lambda: scan_document(text, path, timeout_s=self._timeout_s, max_bytes=self._max_bytes), path)

    def within(self, read: Callable[[], T]) -> T | None:
        """What reading gives, None when it takes too long."""
        try:
            return run_within(self._timeout_s, read)
        except DeadlineError:
            return None

    def targets(self, match: RuleMatch, path: str) -> tuple[str, ...]:
        """License files that a pointer means: at that very place, else the nearest of that name in or above the folder."""
        places = (self._at(posixpath.join(folder, "_"), name) for name in match.refers for folder in folders_above(path))
        exact = [file for file in next(filter(None, places), []) if file != path]
        if exact:
            return tuple(exact)
        stems = {stem(name) for name in match.refers}
        for folder in folders_above(path):
            files = self.by_folder.of(
                folder, LegalKind.LICENSE, LegalKind.CODE, LegalKind.HINT, LegalKind.COMPONENT, LegalKind.TEXTS
            )
            named = tuple(file for file in files if stem(file) in stems and file != path)
            if named:
                return named
        return ()

    def _at(self, path: str, target: str) -> list[str]:
        """The license file at a target relative to a file, or all license files of the folder that it names."""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if place in self.files and place != path and _is_text(place):
            return [place]
        inside = self._inside.get(place, []) if "/" in target else []
        return [file for file in inside if file != path and _is_text(file)]

    def _scan(self, path: str) -> Statement:
        text = self.files[path]
        if text is None:
            return Statement(collect([_unreadable(path)], path, inherited=True))
        target = text.strip()
        linked = self._at(path, target) if len(target) < _MAX_LINK and "\n" not in target else []
        if linked:
            return Statement(None, tuple(linked))
        if _LINK.fullmatch(target):
            return Statement(collect([unknown(f"link: {target[:100]}", path)], path, inherited=True))
        if kind_of(path) is LegalKind.RESERVATION:
            return Statement(collect(reservations(path, text), path, inherited=True))
        statement = self._by_scope(text, path)
        says_nothing = statement.stated is None and not statement.refers and not statement.parts
        return self._unrecognised(path, text, statement.evidence) if says_nothing and kind_of(path) in _MUST_STATE else statement

    def _by_scope(self, text: str, path: str) -> Statement:
        """The statement of a license text, and apart from it what its parts state of some paths only.

        The parts are scanned by themselves: scancode also matches across the end of a sentence. A paragraph in the middle of
        a known license's text is no part.
        """
        lines, parts = text.split("\n"), []
        stated_parts = self.within(lambda: scopes(text))
        if stated_parts is None:
            return Statement(collect([unknown("not-scanned: over the time limit", path)], path, inherited=True))
        known = [match for finding in self.scan(text, path) for match in finding.matches] if stated_parts else []
        for scope in stated_parts:
            if any(_is_around(match, scope) for match in known):
                continue
            part = "\n".join(lines[scope.first_line - 1 : scope.last_line])
            lines[scope.first_line - 1 : scope.last_line] = [""] * (scope.last_line - scope.first_line + 1)
            parts.append(Part(scope, self._of_part(part, scope, path)))
        parts += self._sections(lines, path)
        rest = "\n".join(lines)
        if self._is_summary(rest, path):
            return self._of_summary(rest, path, parts)
        findings = self.scan(rest, path) + (reservations(path, text) if kind_of(path) is LegalKind.TERMS else [])
        return replace(self.resolve(findings, path, inherited=True), parts=tuple(parts))

    def _sections(self, lines: list[str], path: str) -> Iterator[Part]:
        """The sections of a bundling license file, which are blanked in `lines`."""
        bundled = self.within(lambda: sections("\n".join(lines)))
        known = [match for finding in self.scan("\n".join(lines), path) for match in finding.matches] if bundled else []
        for section in bundled or ():
            scope = section.scope
            if any(_is_around(match, Scope(*section.introduced)) for match in known):
                continue
            body = [*lines]
            body[section.introduced[0] - 1 : section.introduced[1]] = [""] * (section.introduced[1] - section.introduced[0] + 1)
            findings = self.scan("\n".join(body[scope.first_line - 1 : scope.last_line]), path)
            placed = [finding.placed(path, scope.first_line - 1) for finding in findings]
            if is_about_its_files(section, placed, lines):
                lines[scope.first_line - 1 : scope.last_line] = [""] * (scope.last_line - scope.first_line + 1)
                yield Part(scope, self.resolve(placed, path, inherited=True))

    def _is_summary(self, text: str, path: str) -> bool:
        """Whether a license file names several licenses and says that they differ from file to file."""
        if not self.within(lambda: is_summary(text)):
            return False
        findings = self.scan(text, path)
        return len({key for finding in findings for key in keys(finding.expression or "") if not is_unknown(key)}) > 1

    def _of_summary(self, text: str, path: str, parts: list[Part]) -> Statement:
        """For a file with a complete header its conditions and reservations alone; for every other file all of it."""
        lines = Scope(1, text.count("\n") + 1)
        whole = Part(lines, self.resolve(self.scan(text, path), path, inherited=True))
        conditions = [finding for finding in self.scan(text, path, Place.README) if is_condition(finding)]
        return Statement(collect(conditions, path, inherited=True), parts=(*parts, whole))

    def texts_of_summaries(self, licenses: Iterable[str]) -> frozenset[str]:
        """Those of the license files of a folder that a summary among them lists as the texts of what it names."""
        files = list(licenses)
        summaries = [file for file in files if self._statement(file).is_summary] if len(files) > 1 else []
        words = [listed_names(self.files[file] or "") for file in summaries]
        return frozenset(file for file in files if any(posixpath.basename(file) in names for names in words)) - set(summaries)

    def _of_part(self, text: str, scope: Scope, path: str) -> Statement:
        findings = [finding.placed(path, scope.first_line - 1) for finding in self.scan(text, path)]
        if not any(finding.expression for finding in findings):
            refers = tuple(name for name in _NAME.findall(text) if self._named(path, name))
            lines = (scope.first_line, scope.last_line)
            findings.append(unknown("not understood: a part about some paths", path, lines, refers, text))
        return self.resolve(findings, path, inherited=True)

    def _unrecognised(self, path: str, text: str, clues: Evidence | None) -> Statement:
        """A license text without a license: a license's bare name, or it names other license files, or is not understood."""
        named = dict.fromkeys(file for name in _NAME.findall(text) for file in self._named(path, name))
        if named:
            return Statement(clues, tuple(named))
        lines = (1, text.count("\n") + 1)
        words = [line for line in text.splitlines() if line.strip() and not _HOLDER.match(line.lower())]
        marker = _MARKER.fullmatch(posixpath.basename(path))
        words = [marker["name"].replace("_", " ")] if marker else words
        is_open = not is_silent(text, path) and (must_speak(path) or _LEGAL_WORDS.search(text.lower()))
        findings = [unknown("not understood", path, lines, text=text)] if is_open else []
        if 0 < len(" ".join(words).split()) <= _MAX_NAME_WORDS:
            named_by = _or_unknown(lambda: named_license(" ".join(" ".join(words).split()), path), path)
            is_name = not any(is_unknown(key) for finding in named_by if finding.expression for key in keys(finding.expression))
            findings = named_by if is_open or is_name or marker else findings
        return Statement(_with(clues, findings, path))

    def _named(self, path: str, name: str) -> list[str]:
        """License files of this very name in or above the folder of a file, or at this place."""
        if "/" in name:
            return self._at(path, name)
        if name.lower() == "copyright":  # a word of every notice
            return []
        for folder in folders_above(path):
            files = self.by_folder.of(folder, LegalKind.LICENSE, LegalKind.CODE, LegalKind.HINT)
            named = [file for file in files if file != path and posixpath.basename(file) == name]
            if named:
                return named
        return []


_MUST_STATE = frozenset(
    {LegalKind.LICENSE, LegalKind.CODE, LegalKind.HINT, LegalKind.COMPONENT, LegalKind.TERMS, LegalKind.SIDECAR, LegalKind.TEXTS}
)
"""Kinds of file that must state a license: without one, their words count as an unknown license."""


def _is_around(match: RuleMatch, scope: Scope) -> bool:
    is_text = match.end_line - match.start_line > scope.last_line - scope.first_line + _LONG_TEXT
    return is_text and match.start_line <= scope.first_line and scope.last_line <= match.end_line


_LONG_TEXT = 8
"""Lines beside a paragraph that make a match around it one of a license text, and not of two sentences."""


def elsewhere(evidence: Evidence) -> Evidence:
    """The same evidence, listed as one that speaks of other files and decides nothing."""
    matches = tuple(replace(match, role="elsewhere") for match in evidence.matches)
    return Evidence(None, None, evidence.inherited, (), matches)


def _with(clues: Evidence | None, findings: list[LicenseFinding], path: str) -> Evidence | None:
    parts = [collect(findings, path, inherited=True), clues]
    return join(part for part in parts if part)


def is_silent(text: str, path: str) -> bool:
    """Whether a legal file has nothing but the names of copyright holders, so that it may state nothing.

    "All rights reserved" belongs to a notice in a file named after the copyright; in a license file it is the license.

    >>> is_silent("Copyright 2020 A", "LICENSE"), is_silent("(c) A. All rights reserved.", "LICENSE"), is_silent("MIT", "LICENSE")
    (True, False, False)
    """
    lines = [line for line in text.lower().splitlines() if line.strip(" \t#*/-=_.")]
    is_notice = posixpath.basename(path).lower().startswith("copyright")
    reserved = any(_RESERVED.search(line) for line in lines)
    rest = [_RESERVED.sub("", line) for line in lines]
    return (is_notice or not reserved) and all(
        not line.strip(" .") or (_HOLDER.match(line) and not _LEGAL_WORDS.search(line.replace("copyright", ""))) for line in rest
    )


def _is_text(path: str) -> bool:
    return is_license_text(path)


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
