"""Licenses of a text, fast: scan only where one can be, and the same words only once.

Two ways, see docs/method/licenses.md: `scan_whole` gives a license file scancode's full treatment; `scan_regions` gives every
other file the exact matchers on its legal regions, and the approximate one where legal words stay unexplained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from functools import partial
from hashlib import blake2b

from cachetools import LRUCache

from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S
from seedbed.data.filters.license.evidence import NOT_SCANNED, LicenseFinding, RuleMatch
from seedbed.data.filters.license.findings_cache import remembered
from seedbed.data.filters.license.prefilter import plain_lines, regions

MAX_BYTES = 500_000
"""Most bytes of regions, or of a license file, that are scanned; what is beyond counts as an unknown license."""

CACHE_ENTRIES = 20_000

NEAR_LINES = 1
"""Lines beside a match in which left-over legal words make it doubtful."""

_MARKS = b" \t\f#*/;%!-\"'"
_LEGAL = re.compile(
    r"licen[sc]|copying|spdx|redistribut|permission|permitted|public\W+domain|warrant|unlicense|\b[al]?gpl|\bmit\b|"
    r"\bbsd\b|\bisc\b|\bapache\b|\bmpl\b|\bcc0\b|creative\s*commons|free\s+software|open\s*source"
)
_HOLDER = re.compile(r"copyright|\(c\)|\u00a9|all rights reserved")
_GRANT = re.compile(
    r"redistribut|permission|permitted|warrant|licensed\s+under|terms\s+of|public\W+domain|distributed\s+under|"
    r"license\W*:|governed\s+by"
)


Cache = LRUCache[bytes, tuple[LicenseFinding, ...]]
_raw, _normal, _part = (Cache(CACHE_ENTRIES) for _ in range(3))
_whole = Cache(maxsize=2_000)


def _cached(cache: Cache, text: bytes, find: Callable[[], tuple[LicenseFinding, ...]]) -> tuple[LicenseFinding, ...]:
    """The findings that the cache has for the digest of `text`, else those of `find`."""
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
    """Findings in a source file, top to bottom, lines counted in the file.

    Raises: DeadlineError when one region takes more than `timeout_s`.
    """
    findings: list[LicenseFinding] = []
    seen_bytes = 0
    for region in regions(plain_lines(text)):
        seen_bytes += len(region.text)
        if seen_bytes > max_bytes:
            return [*findings, _not_scanned(file, region.lines_above + 1, text.count("\n") + 1)]
        known = _cached(_raw, region.text, partial(_by_words, region.text, timeout_s))
        findings.extend(finding.placed(file, region.lines_above) for finding in known)
    return findings


def scan_whole(text: str, file: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES) -> list[LicenseFinding]:
    """Findings in a license file: the full, approximate match, once for each distinct content.

    Of a file over `max_bytes` the head is scanned, and the rest counts as an unknown license.
    Raises: DeadlineError when it takes more than `timeout_s`.
    """
    data = plain_lines(text)
    head = data[:max_bytes].rpartition(b"\n")[0] if len(data) > max_bytes else data
    known = _cached(_whole, head, partial(remembered, "license file", head, partial(_scan_whole, head, timeout_s)))
    rest = [] if head == data else [_not_scanned(file, head.count(b"\n") + 2, data.count(b"\n") + 1)]
    return [*(finding.placed(file, 0) for finding in known), *rest]


def _by_words(part: bytes, timeout_s: float) -> tuple[LicenseFinding, ...]:
    """Findings of a region, scanned once for all regions with the same words."""
    words = normal(part)
    return _cached(_normal, words, partial(remembered, "region", words, partial(_scan_region, part, timeout_s)))


def _scan_whole(text: bytes, timeout_s: float) -> tuple[LicenseFinding, ...]:
    from seedbed.data.filters.license.detect import detect

    return detect(_text(text), timeout_s=timeout_s, whole=True)


def _scan_region(region: bytes, timeout_s: float) -> tuple[LicenseFinding, ...]:
    from seedbed.data.filters.license.detect import detect, detect_exactly

    text = _text(region)
    exact, open_lines = detect_exactly(text, timeout_s=timeout_s)
    if _leaves_legal_words(text, exact):
        return detect(text, timeout_s=timeout_s) or exact
    doubtful = _doubtful(exact, open_lines, text)
    if doubtful is None:
        return exact
    first, last = doubtful
    part = b"\n".join(region.split(b"\n")[first - 1 : last])
    near = _cached(_part, normal(part), lambda: detect(_text(part), timeout_s=timeout_s))
    return tuple(finding.placed("", first - 1) for finding in near) or exact


def _doubtful(findings: tuple[LicenseFinding, ...], open_lines: Set[int], text: str) -> tuple[int, int] | None:
    """First and last line of all matches and of the legal words left over in or beside them, copyright lines aside.

    None when no legal word is left over.

    Such matches may be pieces of something else: "the Apache License or the MIT license, at your option".
    """
    matches = [match for finding in findings for match in finding.matches]
    lines = text.lower().split("\n")
    touching = [
        number
        for number in open_lines
        if not _HOLDER.search(lines[number - 1])
        and any(match.start_line - NEAR_LINES <= number <= match.end_line + NEAR_LINES for match in matches)
    ]
    if not touching:
        return None
    return (
        min(*touching, *(match.start_line for match in matches)),
        max(*touching, *(match.end_line for match in matches)),
    )


def _leaves_legal_words(text: str, findings: tuple[LicenseFinding, ...]) -> bool:
    """Whether lines that no match covers still mention a license and what it permits."""
    explained: set[int] = set()
    for finding in findings:
        for match in finding.matches:
            explained.update(range(match.start_line, match.end_line + 1))
    lines = text.lower().split("\n")
    left = "\n".join(line for number, line in enumerate(lines, 1) if number not in explained)
    return bool(_GRANT.search(left) and _LEGAL.search(left))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _not_scanned(file: str, start_line: int, end_line: int) -> LicenseFinding:
    match = RuleMatch(NOT_SCANNED, "not-scanned: over the size limit", "none", 0.0, start_line, end_line, file)
    return LicenseFinding(NOT_SCANNED, (match,))
