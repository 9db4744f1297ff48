"""What the license files and manifests of a source say to a path in it. The rules are written out in docs/licenses.md."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from seedbed.blocks.license.classifiers import answered
from seedbed.blocks.license.deadline import DeadlineError
from seedbed.blocks.license.declared import declared
from seedbed.blocks.license.detect import DEFAULT_TIMEOUT_S
from seedbed.blocks.license.evidence import NOT_SCANNED, Evidence, Finding, Match, collect, join, stem
from seedbed.blocks.license.expressions import alternatives, conjunction, is_unknown, keys
from seedbed.blocks.license.legal_files import Kind, kind_of
from seedbed.blocks.license.scan import MAX_BYTES, scan_whole

_VENDORED = frozenset(
    "vendor vendors vendored _vendor _vendored third_party thirdparty third-party 3rdparty 3rd_party extern external "
    "externals deps dependencies bundled _bundled node_modules".split()
)


@dataclass(slots=True)
class Shelf:
    """Paths of the legal files that speak for one folder."""

    by_kind: dict[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in Kind})


class Surroundings:
    """Inherited evidence in one source; every text is read once, when a path first asks for it.

    Args: files: path to text of the source's legal files; timeout_s, max_bytes: limits for each of them.
    """

    def __init__(self, files: Mapping[str, str], timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES) -> None:
        self._files = files
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._shelves: dict[str, Shelf] = {}
        for path in sorted(files):
            kind = kind_of(path)
            if kind is not None:
                folder = posixpath.dirname(path)
                place = posixpath.dirname(folder) if kind is Kind.TEXTS else folder
                self._shelves.setdefault(place, Shelf()).by_kind[kind].append(path)
        self._voice = cache(self._read)
        self._declared = cache(self._read_manifests)

    def names(self, path: str) -> frozenset[str]:
        """Stems of the license files at and above a path: what its header may point to."""
        return frozenset(
            stem(file) for folder in folders_above(path) for kind in (Kind.LICENSE, Kind.TEXTS) for file in self._on(folder, kind)
        )

    def nearest(self, path: str, header: Evidence | None) -> Evidence | None:
        """What the nearest license file says, the file's own header helping where several texts lie side by side."""
        notices: list[str] = []
        for folder in folders_above(path):
            notices += self._on(folder, Kind.THIRD_PARTY)
            vendored = notices if _is_vendored(path, folder) else []
            licenses = self._on(folder, Kind.LICENSE)
            if licenses:
                voices = self._voices(licenses)
                choice = self._choice(voices, (header, self.declared(path)))
                return join([*voices, *self._voices(vendored)], conjunction([choice, *self._said(vendored)]))
            texts = self._on(folder, Kind.TEXTS)
            if texts:
                return self._assigned(self._voices(texts), header)
        return join(self._voices(notices))

    def declared(self, path: str) -> Evidence | None:
        """What the nearest manifest that declares a license says."""
        found = (self._declared(folder) for folder in folders_above(path) if folder in self._shelves)
        return next((evidence for evidence in found if evidence), None)

    def _choice(self, voices: list[Evidence], others: Iterable[Evidence | None]) -> str | None:
        """Texts side by side all hold, unless some voice says that exactly these are alternatives."""
        texts = {key for voice in voices for key in keys(voice.expression)}
        for voice in (*others, *voices):
            offered = alternatives(voice.expression) if voice else None
            if voice and offered and texts <= offered:
                return voice.expression
        return conjunction(voice.expression for voice in voices)

    def _assigned(self, voices: list[Evidence], header: Evidence | None) -> Evidence | None:
        """A folder of texts assigns nothing: the header does; without one all texts hold."""
        texts = {key for voice in voices for key in keys(voice.expression)}
        if header and set(keys(header.expression)) <= texts:
            said = set(keys(header.expression))
            return join((voice for voice in voices if said & set(keys(voice.expression))), header.expression)
        return join(voices)

    def _on(self, folder: str, kind: Kind) -> list[str]:
        shelf = self._shelves.get(folder)
        return shelf.by_kind[kind] if shelf else []

    def _said(self, paths: list[str]) -> list[str]:
        return [voice.expression for voice in self._voices(paths)]

    def _voices(self, paths: list[str]) -> list[Evidence]:
        return [voice for voice in map(self._voice, paths) if voice]

    def _read(self, path: str) -> Evidence | None:
        """Evidence in one license file; pointers to other license files of the source are answered by those."""
        read = lambda: scan_whole(self._files[path], path, timeout_s=self._timeout_s, max_bytes=self._max_bytes)  # noqa: E731
        known = self.names(path)
        return collect([one.without_references(known) for one in _or_unknown(read, path)], path, inherited=True)

    def _read_manifests(self, folder: str) -> Evidence | None:
        """What the manifests of one folder say together."""
        paths = self._on(folder, Kind.MANIFEST)
        findings = answered({path: self._findings(path) for path in paths})
        return join(voice for path in paths if (voice := collect(findings[path], path, inherited=True)))

    def _findings(self, path: str) -> list[Finding]:
        findings = _or_unknown(lambda: declared(path, self._files[path], self._timeout_s), path)
        if self.names(path):  # a declaration that points elsewhere points to the license file, which speaks for itself
            findings = [_without_unknown(finding) for finding in findings]
        return findings


def folders_above(path: str) -> Iterator[str]:
    """The folder of a path, then its parents up to the root, which is the empty string."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _is_vendored(path: str, folder: str) -> bool:
    """The path goes, below the folder, through one that holds other people's code."""
    below = path[len(folder) + 1 if folder else 0 :].split("/")[:-1]
    return not _VENDORED.isdisjoint(part.lower() for part in below)


def _without_unknown(finding: Finding) -> Finding:
    stated = [match for match in finding.matches if not all(is_unknown(key) for key in keys(match.expression))]
    if len(stated) == len(finding.matches):
        return finding
    return Finding(conjunction(match.expression for match in stated), finding.matches)


def _or_unknown(read: Callable[[], list[Finding]], path: str) -> list[Finding]:
    """What a legal file says; an unknown license when reading it takes too long."""
    try:
        return read()
    except DeadlineError as error:
        match = Match(NOT_SCANNED, f"not-scanned: {error}", "none", 0.0, 1, 1, path)
        return [Finding(NOT_SCANNED, (match,))]
