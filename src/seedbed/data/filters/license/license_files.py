"""What each legal file of a source says, and which other files it leaves the word to.

What cannot be read or understood is an unknown license: it must never look like a file that is not there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from seedbed.data.filters.license.deadline import DeadlineError
from seedbed.data.filters.license.declared import declared
from seedbed.data.filters.license.evidence import Evidence, Finding, Match, collect, stem, unknown
from seedbed.data.filters.license.legal_files import Kind, kind_of
from seedbed.data.filters.license.scan import scan_whole

_LINK = re.compile(r"\.{0,2}/[^\s/*].*")
_MAX_LINK = 4096
_NAME = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*")
_SPEAKS = re.compile(
    r"licen[cs]|\bcopying\b|copyleft|permi(?:t|ssion)|grant|redistribut|"
    r"prohibit|confidential|proprietary|public domain|\bterms\b|agreement|\bshall\b|"
    r"(?:may|must|can|do) ?not\b"
)


@dataclass(slots=True)
class Shelf:
    """Paths of the legal files that speak for one folder."""

    by_kind: dict[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in Kind})


class Shelves:
    """The legal files of a source by the folder they speak for."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._shelves: dict[str, Shelf] = {}
        for path in sorted(files):
            kind = kind_of(path)
            if kind is not None:
                folder = posixpath.dirname(path.replace("\\", "/"))
                place = posixpath.dirname(folder) if kind is Kind.TEXTS else folder
                self._shelves.setdefault(place, Shelf()).by_kind[kind].append(path)

    def on(self, folder: str, *kinds: Kind) -> list[str]:
        """Paths of these kinds that speak for a folder."""
        shelf = self._shelves.get(folder)
        return [path for kind in kinds for path in shelf.by_kind[kind]] if shelf else []


@dataclass(frozen=True, slots=True)
class Voice:
    """What one file says: its evidence, None when it says nothing, and the files it leaves the word to."""

    evidence: Evidence | None
    pointed: tuple[str, ...] = ()


class Voices:
    """The voices of a source's legal files; every text is read once, when it is first asked for.

    Args: files: path to text, None for one that cannot be read; timeout_s, max_bytes: limits for each of them.
    """

    def __init__(self, files: Mapping[str, str | None], timeout_s: float, max_bytes: int) -> None:
        self.shelves = Shelves(files)
        self._files = files
        self._inside: dict[str, list[str]] = {}
        for file in files:
            self._inside.setdefault(posixpath.dirname(file), []).append(file)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._of = cache(self._read)

    def spoken(self, path: str) -> list[Evidence]:
        """Evidence in a license file and in those it points to; an unknown license where they leave it unanswered."""
        own = self._of(path)
        reached = dict.fromkeys([path])
        waiting = [path]
        while waiting:
            fresh = [file for file in self._of(waiting.pop()).pointed if file not in reached]
            reached |= dict.fromkeys(fresh)
            waiting += fresh
        voices = [voice.evidence for file in reached if (voice := self._of(file)).evidence]
        if own.pointed and not any(file != path and self._of(file).evidence for file in reached):
            voices += _evidence([unknown("pointer: to files that say nothing", path)], path)
        return [voice for voice in voices if voice]

    def answered(self, findings: list[Finding], path: str, *, inherited: bool) -> Voice:
        """What findings in a file say when its pointers to license files are answered by those."""
        answers = {match: self._answer(match, path) for finding in findings for match in finding.matches if match.is_pointer}
        is_stated = any(match not in answers for finding in findings if finding.expression for match in finding.matches)
        itself = stem(path) if is_stated else ""
        rest = [
            one.without(lambda match: bool(answers[match]) or itself in {stem(name) for name in match.refers}) for one in findings
        ]
        pointed = dict.fromkeys(file for files in answers.values() for file in files)
        return Voice(collect(rest, path, inherited=inherited), tuple(pointed))

    def manifest(self, path: str) -> tuple[list[Finding], tuple[str, ...]]:
        """Findings in a manifest without its pointers to license files that speak, and those files."""
        text = self._files[path]
        findings = [_unreadable(path)] if text is None else _or_unknown(lambda: declared(path, text, self._timeout_s), path)
        pointers = (match for finding in findings for match in finding.matches if match.is_pointer)
        answers = {match: files for match in pointers if any(map(self.spoken, files := self._answer(match, path)))}
        rest = [finding.without(answers.__contains__) for finding in findings]
        return rest, tuple(dict.fromkeys(file for files in answers.values() for file in files))

    def _answer(self, match: Match, path: str) -> tuple[str, ...]:
        """License files that a pointer in a file means: at that very place, else the nearest of that name at or above it."""
        places = (self._at(posixpath.join(folder, "_"), name) for name in match.refers for folder in folders_above(path))
        exact = [file for file in next(filter(None, places), []) if file != path]
        if exact:
            return tuple(exact)
        stems = {stem(name) for name in match.refers}
        for folder in folders_above(path):
            found = [file for file in self.shelves.on(folder, Kind.LICENSE, Kind.HINT, Kind.TEXTS) if stem(file) in stems]
            if set(found) - {path}:
                return tuple(file for file in found if file != path)
        return ()

    def _at(self, path: str, target: str) -> list[str]:
        """The license file at a place seen from a file, or all of a folder."""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if place in self._files and place != path and kind_of(place) is not Kind.MANIFEST:
            return [place]
        inside = self._inside.get(place, []) if "/" in target else []
        return [file for file in inside if file != path and kind_of(file) is not Kind.MANIFEST]

    def _read(self, path: str) -> Voice:
        text = self._files[path]
        if text is None:
            return Voice(collect([_unreadable(path)], path, inherited=True))
        target = text.strip()
        linked = self._at(path, target) if len(target) < _MAX_LINK and "\n" not in target else []
        if linked:
            return Voice(None, tuple(linked))
        if _LINK.fullmatch(target):
            return Voice(collect([unknown(f"link: {target[:100]}", path)], path, inherited=True))
        read = lambda: scan_whole(text, path, timeout_s=self._timeout_s, max_bytes=self._max_bytes)  # noqa: E731
        voice = self.answered(_or_unknown(read, path), path, inherited=True)
        is_silent = voice.evidence is None and not voice.pointed
        return self._heard(path, text) if is_silent and kind_of(path) in {Kind.LICENSE, Kind.HINT} else voice

    def _heard(self, path: str, text: str) -> Voice:
        """A license file in which nothing was recognised: it may name another one, or speak in words nobody knows."""
        named = dict.fromkeys(file for name in dict.fromkeys(_NAME.findall(text)) for file in self._named(path, name.rstrip(".")))
        if named:
            return Voice(None, tuple(named))
        lines = text.count("\n") + 1
        return Voice(
            collect([unknown("not understood", path, (1, lines))] if _SPEAKS.search(text.lower()) else [], path, inherited=True)
        )

    def _named(self, path: str, name: str) -> list[str]:
        """License files at or above a file that bear this very name, or lie at this place."""
        if "/" in name:
            return self._at(path, name)
        if name.lower() == "copyright":  # a word of every notice
            return []
        nearby = (self.shelves.on(folder, Kind.LICENSE, Kind.HINT) for folder in folders_above(path))
        return next((same for files in nearby if (same := [one for one in files if one != path and _is_named(one, name)])), [])


def folders_above(path: str) -> Iterator[str]:
    """The folder of a path, then its parents up to the root, which is the empty string."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _is_named(path: str, name: str) -> bool:
    return posixpath.basename(path) == name


def _evidence(findings: list[Finding], path: str) -> list[Evidence]:
    evidence = collect(findings, path, inherited=True)
    return [evidence] if evidence else []


def _unreadable(path: str) -> Finding:
    return unknown("not-scanned: too large, binary, or in no known encoding", path)


def _or_unknown(read: Callable[[], list[Finding]], path: str) -> list[Finding]:
    """What a legal file says; an unknown license when reading it takes too long."""
    try:
        return read()
    except DeadlineError as error:
        return [unknown(f"not-scanned: {error}", path)]
