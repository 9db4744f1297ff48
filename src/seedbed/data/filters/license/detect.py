"""The only place that imports scancode: its license index in memory, and text to findings."""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

import ahocorasick
import licensedcode.cache
from licensedcode.cache import build_spdx_license_expression, get_cache
from licensedcode.detection import (
    LicenseDetection,
    analyze_detection,
    get_detected_license_expression,
    group_matches,
    process_detections,
)
from licensedcode.match_seq import MATCH_SEQ
from licensedcode.query import Query

from seedbed.data.filters.license.candidates import NearIndex, RuleTable, rule_table
from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S, run_within
from seedbed.data.filters.license.evidence import LicenseFinding, RuleMatch, unknown
from seedbed.data.filters.license.findings_cache import index_folder


def preload() -> None:
    """Load the license index (5-10 s, 1.0 GB) and put it out of the collector's reach.

    To be called before workers are forked: they share its memory as long as the collector leaves it alone. Safe to
    call again. A missing index file is built by scancode under its own lock (minutes; once for an installation).
    """
    if not _cache_and_table.cache_info().currsize:
        gc.disable()  # nothing dies while a pickle is loaded, and walking a million new objects costs seconds
        try:
            near_index()
        finally:
            gc.enable()
        gc.collect()
        _give_back()
        gc.freeze()


def _give_back() -> None:
    """Return the memory that loading freed to the system: a fifth of it, which every worker would be charged with."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # glibc has it, musl has not
        trim(0)


@cache
def near_index() -> NearIndex:
    """The index with which to match approximately."""
    return NearIndex.over(loaded().index, _cache_and_table()[1])


def loaded() -> Any:
    """What scancode caches: `index`, the licenses `db`, and `licensing`, which knows their keys."""
    return _cache_and_table()[0]


@cache
def _cache_and_table() -> tuple[Any, RuleTable]:
    """The compact index where a cache of findings is in use, as in `seedbed inspect`; else scancode's, which is faster."""
    folder = index_folder()
    if folder is None:
        return _whole()
    from seedbed.data.filters.license.compact_index import opened_or_built

    licensedcode.cache._LICENSE_CACHE, table = opened_or_built(folder, _whole)  # noqa: SLF001  packagedcode asks for it
    return licensedcode.cache._LICENSE_CACHE, table  # noqa: SLF001


def _whole() -> tuple[Any, RuleTable]:
    """Scancode's index as it is, and the table made from it."""
    with _no_unknown_automaton():
        cache = get_cache()
    index = cache.index
    index.unknown_automaton = None  # where scancode had to build the index first
    return cache, rule_table(index.rules_by_rid, index.sets_by_rid, index.approx_matchable_rids, index.len_legalese)


@contextmanager
def _no_unknown_automaton() -> Iterator[None]:
    """Leave out the automaton that only scancode's `--unknown-licenses` needs: a tenth of the memory, a sixth while loading.

    The index is a pickle, which looks the class of its automatons up by name; the one left out is recognised by the
    integers that it stores.
    """
    automaton = ahocorasick.Automaton

    def make(*arguments: Any) -> Any:
        is_unpickled = len(arguments) > 2
        return None if is_unpickled and arguments[2] == ahocorasick.STORE_INTS else automaton(*arguments)

    ahocorasick.Automaton = make
    try:
        yield
    finally:
        ahocorasick.Automaton = automaton


LINE_THRESHOLD = 15
"""Empty or meaningless lines that part two query runs; scancode's value for files. Its default for strings is 4."""

_OTHER_LINE_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_WORDS = re.compile(rb"[a-z0-9]+")

_RESTRICTS_INSIDE = frozenset(
    "not only except unless cannot may must shall prohibited forbidden commercial noncommercial military evil".split()
)
_RESTRICTS_BESIDE = re.compile(
    r"\b(?:software|program|code|library|package|works?|product|data|files?|it|you)(?: \w+){0,3} (?:may|shall|must|can) ?not "
    r"(?:be )?(?:used?|modif\w+|copied|copy|sold|sell|distribut\w+|redistribut\w+|train\w*)\b(?! in advertising)(?!.* except)|"
    r"\bnon ?commercial (?:use|purposes?)|\bcommercial (?:use|purposes?|exploitation)|\bstrictly prohibited|"
    r"\b(?:is|are) (?:prohibited|forbidden)"
)
"""Words and phrases that take back what a license grants; measured on license files, docs/method/licenses.md (Detection)."""


def detect(text: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, whole: bool = False) -> tuple[LicenseFinding, ...]:
    """Licenses in a text by all matchers, the approximate one included: what scancode's command does.

    Words that restrict a license text that is there are an unknown license beside it.

    Args: timeout_s: CPU seconds; whole: the text is a license file. Returns: findings with 1-based lines.
    Raises: DeadlineError.
    """
    if not text.strip():
        return ()
    near_index()  # loaded before the clock starts
    return run_within(timeout_s, lambda: _approximate(text, whole=whole))


def detect_exactly(text: str, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> tuple[tuple[LicenseFinding, ...], frozenset[int]]:
    """Licenses in a text by the exact matchers alone (20 times faster), and the lines that they leave unexplained.

    Args: timeout_s: CPU seconds. Returns: findings with 1-based lines, and the lines with words that scancode
    calls legalese and that no match covers.
    Raises: DeadlineError.
    """
    if not text.strip():
        return (), frozenset()
    near_index()
    return run_within(timeout_s, lambda: _exact(text))


def _exact(text: str) -> tuple[tuple[LicenseFinding, ...], frozenset[int]]:
    index, query = loaded().index, _query(text)
    matches = index.match_query(query, approximate=False)
    covered = {place for match in matches for place in match.qspan}
    legal = (place for place, word in enumerate(query.tokens) if word < index.len_legalese)
    left = frozenset(query.line_by_pos[place] for place in legal if place not in covered)
    return _findings(matches), left


def _approximate(text: str, *, whole: bool) -> tuple[LicenseFinding, ...]:
    query = _query(text)
    matches = near_index().match_query(query, approximate=True)
    return (*_findings(matches), *_restricting(query, matches, whole=whole))


def _restricting(query: Any, matches: list[Any], *, whole: bool) -> Iterator[LicenseFinding]:
    word_of = _words()
    covered = {place for match in matches for place in match.qspan}
    texts = [
        (match.qspan.start, match.qspan.end) for match in matches if match.matcher == MATCH_SEQ and match.rule.is_license_text
    ]
    words = [word_of[token] for token in query.tokens]
    for place in restrictions(words, covered, texts, whole=whole) if matches else ():
        line = query.line_by_pos[place]
        yield unknown("not understood: words that restrict a license text", lines=(line, line))


@cache
def _words() -> dict[int, str]:
    """Word of each word id; a property of the index that builds its answer anew each time."""
    words: dict[int, str] = loaded().index.tokens_by_tid
    return words


def _query(text: str) -> Any:
    plain = _OTHER_LINE_ENDS.sub(" ", text.replace("\r\n", "\n")).replace("\0", " ")
    return Query(query_string=plain, idx=loaded().index, line_threshold=LINE_THRESHOLD)


def _findings(matches: list[Any]) -> tuple[LicenseFinding, ...]:
    detections = [_detection(group) for group in group_matches(matches)]
    return tuple(_finding(detection) for detection in process_detections(detections, licensing=loaded().licensing))


def _detection(matches: list[Any]) -> Any:
    """`LicenseDetection.from_matches` without the identifier, which renders every matched text and is not used here."""
    log, expression = get_detected_license_expression(analyze_detection(matches), license_matches=matches)
    return LicenseDetection(matches=matches, license_expression=expression, detection_log=log)


def _finding(detection: Any) -> LicenseFinding:
    expression = spdx(detection.license_expression) if detection.license_expression else None
    return LicenseFinding(expression, tuple(_match(match) for match in detection.matches))


def _match(match: Any) -> RuleMatch:
    rule = match.rule
    return RuleMatch(
        expression=spdx(rule.license_expression),
        rule=rule.identifier,
        matcher=match.matcher,
        score=float(match.score()),
        start_line=match.start_line,
        end_line=match.end_line,
        refers=tuple(rule.referenced_filenames or ()),
    )


@lru_cache(maxsize=20_000)
def spdx(expression: str) -> str:
    """A scancode expression in SPDX keys; `LicenseRef-scancode-*` where SPDX has none."""
    return str(build_spdx_license_expression(expression, licensing=loaded().licensing))


def rule_words() -> dict[str, tuple[bytes, ...]]:
    """ASCII words of each rule that can match, by rule name; `legal_words.txt` must cover them."""
    index = loaded().index
    word_of = _words()
    return {
        rule.identifier: tuple(_WORDS.findall(" ".join(word_of[token] for token in tokens).encode()))
        for rule, tokens in zip(index.rules_by_rid, index.tids_by_rid, strict=True)
        if not rule.is_false_positive
    }


def restrictions(words: Sequence[str], covered: Set[int], texts: Sequence[tuple[int, int]], *, whole: bool) -> list[int]:
    """Places of word runs that no match covers and that take back what the license grants.

    Two rules: in the middle of a text that matches approximately, any word of prohibition that is not the text's own;
    elsewhere in a license file, whole phrases only, since people write much about their projects beside the license.

    Args: words: those of the text that scancode knows; covered: places of matched ones; texts: first and last place of
    each license text that matched approximately; whole: the text is a license file, so words beside the license count.

    >>> restrictions("free to use but not to sell and copy".split(), {0, 1, 2, 7, 8}, [(0, 8)], whole=False)
    [3]
    """
    return [
        run[0]
        for run in _runs(words, covered)
        if (_is_inside(run, texts) and not _RESTRICTS_INSIDE.isdisjoint(words[place] for place in run))
        or (whole and _RESTRICTS_BESIDE.search(" ".join(words[place] for place in run)))
    ]


def _runs(words: Sequence[str], covered: Set[int]) -> Iterator[list[int]]:
    """Places of words that follow each other and are not covered."""
    for is_covered, run in groupby(range(len(words)), key=covered.__contains__):
        if not is_covered:
            yield list(run)


def _is_inside(run: Sequence[int], texts: Sequence[tuple[int, int]]) -> bool:
    return any(first < run[0] and run[-1] < last for first, last in texts)
