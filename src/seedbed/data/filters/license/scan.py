"""Licenses of a text, fast: scan only where one can be, and the same words only once.

Two ways, see docs/method/licenses.md: `scan_whole` gives a license file scancode's full treatment; `scan_regions` gives every
other file the exact matchers on its legal regions, and the approximate one where legal words stay unexplained. Both then
read what no match explains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from functools import cached_property, partial
from hashlib import blake2b
from typing import TypeVar

from cachetools import LRUCache

from seedbed.data.filters.license.comments import Comment, comments
from seedbed.data.filters.license.conditions import Place
from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S, run_within
from seedbed.data.filters.license.detected import Detected, both, without_weak
from seedbed.data.filters.license.evidence import LicenseFinding, unknown
from seedbed.data.filters.license.findings_cache import remembered
from seedbed.data.filters.license.prefilter import Region, is_comment, may_state, plain_lines, regions, stating_lines
from seedbed.data.filters.license.quoted import set_aside_comparisons, set_aside_tables
from seedbed.data.filters.license.statements import changes_of_grant, document_statements, statements
from seedbed.data.filters.license.words import WORD

MAX_BYTES = 500_000
"""Most bytes of regions, or of a license file, that are scanned; what is beyond counts as an unknown license."""

CACHE_ENTRIES = 20_000

T = TypeVar("T")

_MARKS = b" \t\f#*/;%!-\"'"
_HOLDER = re.compile(r"copyright|\(c\)|\u00a9|all rights reserved")
_STRONG = re.compile(
    r"licen[sc]|lisen[sc]|copyleft|spdx|redistribut|public\W+domain|warrant|\b[al]?gpl|creative\W*commons|free\W+software|"
    r"propriet|"
    r"confidential|unpublished|noncommercial|sublicens|merchantab|unauthori[sz]|\bcc0\b|property of|trade secret"
)
_WEAK = re.compile(
    r"copying|permission|permitted|open\W*source|secret|prohibit|disclos|commercial|agreement|consent|royalt|infring|liab|"
    r"hereby|grant|"
    r"patent|trademark|reproduc|restrict|\bterms\b|distribut|\bmit\b|\bbsd\b|\bapache\b|\bmpl\b|\bisc\b|author|internal|"
    r"property|rights"
)
"""One word of the first kind, or two of the second, that no exact match explains, on lines of comments, call for the approximate
match."""

_LEGAL = re.compile(f"{_STRONG.pattern}|{_WEAK.pattern}")
_GRANT = re.compile(
    r"redistribut|permission|permitted|warrant|licensed\s+under|terms\s+of|public\W+domain|distributed\s+under|"
    r"license\W*:|governed\s+by"
)
_CODE = re.compile(
    r"[;{}()\[\],=]\s*$|\w\(|\w\[|[=!<>]=|\s=\s|->|::|^\s*(?:@|import\b|from\b|def\b|class\b|return\b|if\b|for\b|else\b)"
)

_raw: LRUCache[bytes, Detected] = LRUCache(CACHE_ENTRIES)
_normal: LRUCache[bytes, Detected] = LRUCache(CACHE_ENTRIES)
_read: LRUCache[bytes, tuple[LicenseFinding, ...]] = LRUCache(CACHE_ENTRIES)
_whole: LRUCache[bytes, tuple[LicenseFinding, ...]] = LRUCache(2_000)


def _cached(cache: LRUCache[bytes, T], text: bytes, find: Callable[[], T]) -> T:
    """What the cache has for the digest of `text`, else the result of `find`."""
    key = blake2b(text, digest_size=16).digest()
    known = cache.get(key)
    if known is None:
        known = cache[key] = find()
    return known


def normal(text: bytes) -> bytes:
    """What two regions must share to have the same findings: words and lines; not case, white space or comment marks.

    Everything inside a line stays, since `(A OR B) AND C` is not `A OR B AND C`; so do letters beyond ASCII.
    """
    return b"\n".join(b" ".join(line.strip(_MARKS).split()) for line in text.lower().split(b"\n"))


def scan_regions(
    text: str, file: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES
) -> list[LicenseFinding]:
    """Findings in a source file, lines counted in the file: those of scancode, then those of sentences that no match explains.

    Raises: DeadlineError when one region takes more than `timeout_s`.
    """
    data = plain_lines(text)
    findings: list[LicenseFinding] = []
    covered: set[int] = set()
    seen_bytes = 0
    whole = _WholeText(data)
    for region in regions(data):
        seen_bytes += len(region.text)
        if seen_bytes > max_bytes:
            return [*findings, _not_scanned(file, region.lines_above + 1, text.count("\n") + 1)]
        detected = _cached(_raw, region.text, partial(_by_words, region.text, timeout_s))
        findings.extend(finding.placed(file, region.lines_above) for finding in detected.findings)
        covered.update(whole.characters(region, detected))
    if len(findings) > 1 or any(len(finding.matches) > 1 for finding in findings):
        findings = set_aside_tables(findings, whole.text.split("\n"))
    return [*findings, *_statements(whole, stating_lines(data), covered, file)]


def scan_whole(
    text: str,
    file: str,
    *,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    max_bytes: int = MAX_BYTES,
    place: Place = Place.LICENSE,
) -> list[LicenseFinding]:
    """Findings in a license file: the full, approximate match, once for each distinct content, and what it does not explain.

    Of a file over `max_bytes` the head is scanned, and the rest counts as an unknown license.

    Args: place: `README` for a passage of one, which is read less strictly.
    Raises: DeadlineError when it takes more than `timeout_s`.
    """
    return _scan_head(text, file, max_bytes, place.name, lambda head: _scan_whole(head, timeout_s, place))


def scan_document(
    text: str, file: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES
) -> list[LicenseFinding]:
    """What a README says outside of its passages about the license: reservations against training, and legal notices.

    Of a file over `max_bytes` the head is read, and the rest counts as an unknown license.
    Raises: DeadlineError when it takes more than `timeout_s`.
    """

    def scan(head: bytes) -> tuple[LicenseFinding, ...]:
        return run_within(timeout_s, lambda: tuple(document_statements(_text(head))))

    return _scan_head(text, file, max_bytes, "document", scan)


def _scan_head(
    text: str, file: str, max_bytes: int, kind: str, scan: Callable[[bytes], tuple[LicenseFinding, ...]]
) -> list[LicenseFinding]:
    """Findings in the head of a text, scanned once for each kind and content; what is beyond `max_bytes` is unknown."""
    data = plain_lines(text)
    head = data[:max_bytes].rpartition(b"\n")[0] if len(data) > max_bytes else data
    known = _cached(_whole, kind.encode() + b"\0" + head, lambda: scan(head))
    rest = [] if head == data else [_not_scanned(file, head.count(b"\n") + 2, data.count(b"\n") + 1)]
    return [*(finding.placed(file, 0) for finding in known), *rest]


class _WholeText:
    """A file of which regions are scanned. Args: data: its bytes, lines parted by `\\n`."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def text(self) -> str:
        """The file as characters."""
        return _text(self._data)

    @cached_property
    def starts(self) -> list[int]:
        """At which character each line starts."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def characters(self, region: Region, detected: Detected) -> Iterator[int]:
        """In which characters of the file the words start that matches of a region cover."""
        if detected.words:
            base = self.starts[region.lines_above]
            starts = [base + word.start() for word in WORD.finditer(_text(region.text))]
            yield from (starts[word] for word in detected.covered_words() if word < len(starts))


def _statements(whole: _WholeText, lines: Sequence[int], covered: Set[int], file: str) -> Iterator[LicenseFinding]:
    for comment in comments(whole.text, whole.starts, lines) if lines else ():
        start = whole.starts[comment.lines_above]
        words = (word.start() + start for word in WORD.finditer(comment.text))
        explained = frozenset(number for number, place in enumerate(words) if place in covered)
        for finding in _read_comment(comment, explained):
            yield finding.placed(file, comment.lines_above)


def _read_comment(comment: Comment, covered: frozenset[int]) -> tuple[LicenseFinding, ...]:
    """What a comment says beyond its matches, read once for all comments with the same words of which the same are explained."""
    place = Place.HEADER if comment.is_head or is_notice(comment.text) else Place.COMMENT
    if place is Place.COMMENT and not may_state(comment.text):
        return ()
    key = b"%b\0%b\0%b" % (place.name.encode(), repr(sorted(covered)).encode(), normal(comment.text.encode("utf-8", "replace")))
    return _cached(_read, key, lambda: tuple(statements(comment.text, covered, place)))


def is_notice(text: str) -> bool:
    """Whether a comment has a copyright notice or speaks of a license."""
    return _NOTICE.search(text) is not None


_NOTICE = re.compile(r"copyright|\(c\)|\u00a9|licen[sc]e|rights reserved|spdx", re.IGNORECASE)


def _by_words(part: bytes, timeout_s: float) -> Detected:
    """What is in a region, scanned once for all regions with the same words."""
    words = normal(part)
    return _cached(_normal, words, partial(remembered, "region", words, Detected, partial(_scan_region, part, timeout_s)))


def _scan_whole(data: bytes, timeout_s: float, place: Place) -> tuple[LicenseFinding, ...]:
    text = _text(data)
    detected: Detected = remembered("license file", data, Detected, partial(_detect_both, text, timeout_s))
    further = run_within(timeout_s, lambda: tuple(statements(text, detected.covered_words(), place)))
    changed = (finding for change in detected.changes for finding in changes_of_grant(change))
    return (*set_aside_comparisons(detected.findings, text.split("\n")), *further, *changed)


def _detect_both(text: str, timeout_s: float) -> Detected:
    from seedbed.data.filters.license.detect import detect

    exact = detect(text, timeout_s=timeout_s, approximate=False)
    return both(exact, detect(text, timeout_s=timeout_s))


def _scan_region(region: bytes, timeout_s: float) -> Detected:
    from seedbed.data.filters.license.detect import detect

    text = _text(region)
    exact = detect(text, timeout_s=timeout_s, approximate=False)
    return without_weak(both(exact, detect(text, timeout_s=timeout_s))) if _leaves_legal_words(text, exact) else exact


def _leaves_legal_words(text: str, detected: Detected) -> bool:
    """Whether words that no match explains still mention a license or what it permits, copyright lines aside."""
    covered = detected.covered_words()
    lines = text.lower().split("\n")
    opened: dict[int, list[str]] = {}
    line, counted = 0, 0
    for number, word in enumerate(WORD.finditer(text.lower())):
        line, counted = line + text.count("\n", counted, word.start()), word.start()
        if number not in covered:
            opened.setdefault(line, []).append(word[0])
    left = {number: " ".join(words) for number, words in opened.items() if not _HOLDER.search(lines[number])}
    prose = " ".join(words for number, words in left.items() if _is_prose(lines[number]))
    if _STRONG.search(prose) or len(set(_WEAK.findall(prose))) > 1:
        return True
    everything = "\n".join(left.values())
    return bool(_GRANT.search(everything) and _LEGAL.search(everything))


def _is_prose(line: str) -> bool:
    return is_comment(line.encode()) or not _CODE.search(line)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _not_scanned(file: str, start_line: int, end_line: int) -> LicenseFinding:
    return unknown("not-scanned: over the size limit", file, (start_line, end_line))
