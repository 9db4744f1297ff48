"""What a package's manifest declares: its own statements, in which scancode's packagedcode finds the licenses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing
from packagedcode.licensing import get_license_detections_and_expression

from seedbed.data.filters.license.deadline import run_within
from seedbed.data.filters.license.detect import DEFAULT_TIMEOUT_S, spdx
from seedbed.data.filters.license.evidence import NOT_SCANNED, Finding, Match, unknown
from seedbed.data.filters.license.expressions import is_unknown, keys, parse
from seedbed.data.filters.license.index import preload
from seedbed.data.filters.license.manifest_lines import line_of_field, locate
from seedbed.data.filters.license.manifests import EXPRESSION_FIELD, BrokenManifestError, Statement, statements
from seedbed.data.filters.license.pointers import named

_OWN_KEY = re.compile(r"(?:DocumentRef-[\w.-]+:)?LicenseRef-[\w.-]+")
_POINTER = re.compile(
    r"(?:(?:please )?(?:see|read|refer to) )?(?:the )?(?:licen[cs]e )?(?:(?:in|at|file) ?:? ?)?(?:the )?(?:file )?[`'\"<]?"
    r"([\w./-]+)[`'\">]?(?: file)?(?: for (?:the )?(?:more )?(?:details?|information|terms))?\.?",
    re.IGNORECASE,
)
_DUAL = re.compile(r"dual(?:[ -]licen[cs]ed?)?", re.IGNORECASE)
"""Says no more than that there are two licenses: it adds nothing where the same manifest names them."""


def declared(path: str, text: str, timeout_s: float = DEFAULT_TIMEOUT_S) -> list[Finding]:
    """Findings in a manifest, none when it declares nothing; one that cannot be read declares an unknown license.

    Args: path: its path, whose last part says what it is. Errors: DeadlineError.
    """
    return [finding.placed(path, 0) for finding in _declared(path.rpartition("/")[2], text, timeout_s)]


@lru_cache(maxsize=2_000)
def _declared(name: str, text: str, timeout_s: float) -> tuple[Finding, ...]:
    preload()
    return run_within(timeout_s, lambda: tuple(_findings(name, text)))


def _findings(name: str, text: str) -> list[Finding]:
    try:
        stated = statements(name, text)
    except BrokenManifestError:
        return [unknown("not-scanned: a manifest that cannot be read")]
    found = {one: _finding(one, text) for one in stated}
    named = {key for findings in found.values() for one in findings if one.expression for key in keys(one.expression)}
    is_dual = len([key for key in named if not is_unknown(key)]) > 1
    return [finding for one, findings in found.items() if not (is_dual and _DUAL.fullmatch(one.words)) for finding in findings]


def _finding(statement: Statement, text: str) -> list[Finding]:
    if statement.is_file:
        lines = locate(statement.words, text)
        return [unknown(f"field:{statement.field}", lines=lines, refers=(statement.words,))]
    expression = _expression(statement)
    if expression:
        lines = (line_of_field(statement.field, text),) * 2 if _is_field(statement) else locate(statement.words, text)
        return [Finding(expression, (Match(expression, f"field:{statement.field}", "declared", 100.0, *lines),))]
    detections, _ = get_license_detections_and_expression(statement.words)
    found = [
        Finding(spdx(one["license_expression"]), tuple(_match(match, statement, text) for match in one["matches"]))
        for one in detections
    ]
    seen = {name for finding in found for match in finding.matches for name in match.refers}
    missed = [name for name in _named(statement.words) if name not in seen] if "\n" not in statement.words else []
    return [*found, *(unknown(f"pointer: {name}", "", locate(statement.words, text), (name,)) for name in missed)]


def _is_field(statement: Statement) -> bool:
    return statement.field == EXPRESSION_FIELD


def _expression(statement: Statement) -> str | None:
    """The statement as an SPDX expression, where scancode must not read it: it passes over keys that a project made up.

    None for all other words; an unknown license where an expression is due and there is none.
    """
    if not _is_field(statement) and not _OWN_KEY.search(statement.words):
        return None
    licensing = get_spdx_licensing()
    try:
        tree = licensing.parse(statement.words)
        strange = [key for key in licensing.unknown_license_keys(tree) if not _OWN_KEY.fullmatch(key)]
        return str(parse(str(tree))) if tree is not None and not strange else NOT_SCANNED
    except (ExpressionError, ValueError, AttributeError):
        return NOT_SCANNED


def _match(match: Mapping[str, Any], statement: Statement, text: str) -> Match:
    """Lines as published: scancode counts them in the statement, we in the manifest."""
    expression = spdx(match["license_expression"])
    is_long = "\n" in statement.words
    first, last = locate(str(match["matched_text"] or "") if is_long else statement.words, text)
    return Match(
        expression=expression,
        rule=match["rule_identifier"],
        matcher=match["matcher"],
        score=float(match["score"]),
        start_line=first,
        end_line=last,
        refers=_files(statement.words) if all(map(is_unknown, keys(expression))) else (),
        is_classifier=statement.words.startswith("License ::"),
    )


def _files(words: str) -> tuple[str, ...]:
    """The files that a statement points to: it is nothing but a pointer, or has one in a sentence."""
    pointer = _POINTER.fullmatch(words)
    return (pointer[1],) if pointer else _named(words)


def _named(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, name in named(words)))
