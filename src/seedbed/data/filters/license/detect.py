"""The only place that imports scancode: its license index in memory, and text to findings."""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import ahocorasick
import licensedcode.cache
from licensedcode.cache import build_spdx_license_expression, get_cache
from licensedcode.detection import (
    DetectionRule,
    LicenseDetection,
    analyze_detection,
    get_detected_license_expression,
    group_matches,
    process_detections,
)
from licensedcode.match_seq import MATCH_SEQ
from licensedcode.match_spdx_lid import MATCH_SPDX_ID as MATCH_SPDX
from licensedcode.query import Query
from licensedcode.stopwords import STOPWORDS

from seedbed.data.filters.license.candidates import NearIndex, RuleTable, rule_table
from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S, run_within
from seedbed.data.filters.license.detected import Detected, TextChange, runs
from seedbed.data.filters.license.evidence import LicenseFinding, Role, RuleMatch
from seedbed.data.filters.license.findings_cache import index_folder
from seedbed.data.filters.license.words import WORD


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
_LOW_QUALITY = DetectionRule.LOW_QUALITY_MATCH_FRAGMENTS.value
_BRACES = re.compile(r"\{\{|\}\}")
"""Marks of a rule's required phrase."""


def detect(text: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, approximate: bool = True) -> Detected:
    """Licenses in a text by all matchers, as scancode's command does, or by the exact ones alone, 20 times faster.

    Args: timeout_s: CPU seconds.
    Raises: DeadlineError.
    """
    if not text.strip():
        return Detected()
    index = near_index()  # loaded before the clock starts
    return run_within(timeout_s, lambda: _detected(text, index if approximate else loaded().index, approximate=approximate))


def _detected(text: str, index: Any, *, approximate: bool) -> Detected:
    query = _query(text)
    matches = index.match_query(query, approximate=approximate)
    groups = [_detection(group) for group in group_matches(matches)]
    detections = tuple(process_detections(groups, licensing=loaded().licensing))
    words = [word[0].lower() for word in WORD.finditer(query.query_string)]
    places = _places(words)
    covered = [runs(place for match in detection.matches for place in _words_of(match, places)) for detection in detections]
    deciding = (match for detection in detections if detection.license_expression for match in detection.matches)
    texts = (match for match in deciding if match.matcher == MATCH_SEQ and match.rule.is_license_text)
    changes = tuple(_change(match, words, _words_of(match, places)) for match in texts)
    return Detected(tuple(map(_finding, detections)), tuple(covered), changes)


def _words_of(match: Any, places: Sequence[int]) -> list[int]:
    return [places[place] for place in match.qspan if place < len(places)]


def _places(words: Sequence[str]) -> list[int]:
    """Which of the words scancode knows, in order: its places count these alone."""
    known = loaded().index.dictionary
    return [number for number, word in enumerate(words) if word in known and word not in STOPWORDS]


def _change(match: Any, words: Sequence[str], covered: Sequence[int]) -> TextChange:
    word_of, tokens = _words(), loaded().index.tids_by_rid[match.rule.rid]
    inside = set(range(covered[0], covered[-1])).difference(covered) if covered else set()
    return TextChange(
        rule=match.rule.identifier,
        added=tuple(words[place] for place in sorted(inside) if words[place] not in STOPWORDS),
        removed=tuple(word_of[token] for place, token in enumerate(tokens) if place not in match.ispan),
        coverage=float(match.coverage()),
        lines=(match.start_line, match.end_line),
        words=runs(covered),
    )


@cache
def _words() -> dict[int, str]:
    """Word of each word id; a property of the index that builds its answer anew each time."""
    words: dict[int, str] = loaded().index.tokens_by_tid
    return words


def _query(text: str) -> Any:
    plain = _OTHER_LINE_ENDS.sub(" ", text.replace("\r\n", "\n")).replace("\0", " ")
    return Query(query_string=plain, idx=loaded().index, line_threshold=LINE_THRESHOLD)


def _detection(matches: list[Any]) -> Any:
    """`LicenseDetection.from_matches` without the identifier, which renders every matched text and is not used here."""
    log, expression = get_detected_license_expression(analyze_detection(matches), license_matches=matches)
    return LicenseDetection(matches=matches, license_expression=expression, detection_log=log)


def _finding(detection: Any) -> LicenseFinding:
    expression = spdx(detection.license_expression) if detection.license_expression else None
    role: Role = "decides" if expression else "discarded" if _LOW_QUALITY in detection.detection_log else "clue"
    return LicenseFinding(expression, tuple(_match(match, role) for match in detection.matches))


def _match(match: Any, role: Role) -> RuleMatch:
    rule = match.rule
    return RuleMatch(
        expression=spdx(rule.license_expression),
        rule=rule.identifier,
        matcher=match.matcher,
        score=float(match.score()),
        start_line=match.start_line,
        end_line=match.end_line,
        refers=tuple(rule.referenced_filenames or ()),
        url=rule.rule_url or "",
        role=role,
        is_full=bool(rule.is_license_text or rule.is_license_notice or match.matcher == MATCH_SPDX),
    )


@lru_cache(maxsize=20_000)
def spdx(expression: str) -> str:
    """A scancode expression in SPDX keys; `LicenseRef-scancode-*` where SPDX has none."""
    return str(build_spdx_license_expression(expression, licensing=loaded().licensing))


def rule_texts() -> dict[str, str]:
    """Text of each rule that can match, by rule name, as its author wrote it: the prefilter must find every one."""
    return {rule.identifier: _BRACES.sub("", rule.text) for rule in loaded().index.rules_by_rid if not rule.is_false_positive}
