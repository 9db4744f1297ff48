"""What a package's manifest declares about its license, read as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing

from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S, run_within
from seedbed.data.filters.license.declarations import BrokenManifestError, declarations
from seedbed.data.filters.license.declarations.base import LicenseDeclaration
from seedbed.data.filters.license.declarations.lines import line_of_field, locate
from seedbed.data.filters.license.declarations.python import EXPRESSION_FIELD
from seedbed.data.filters.license.evidence import NOT_SCANNED, LicenseFinding, RuleMatch, unknown
from seedbed.data.filters.license.expressions import is_unknown, keys, parse
from seedbed.data.filters.license.findings_cache import remembered
from seedbed.data.filters.license.pointers import named
from seedbed.data.filters.license.scan import scan_whole

_OWN_KEY = re.compile(r"(?:DocumentRef-[\w.-]+:)?LicenseRef-[\w.-]+")
_POINTER = re.compile(
    r"(?:(?:please )?(?:see|read|refer to) )?(?:the )?(?:licen[cs]e )?(?:(?:in|at|file) ?:? ?)?(?:the )?(?:file )?[`'\"<]?"
    r"([\w./-]+)[`'\">]?(?: file)?(?: for (?:the )?(?:more )?(?:details?|information|terms))?\.?",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?i)(?<![\w-])(?:not|no(?! attribution)|non|non-?commercial\w*|only|except|unless|without|restrict\w*|"
    r"condition\w*|commercial\w*|noncommercial|personal|"
    r"academic|education\w*(?! community)|research|evaluation|internal|private|paid|fees?|pay|subscription|train\w*|ai|ml|"
    r"addition\w*|(?<!no )attribution|custom|proprietary|commons.clause|military|ethical|but|plus)(?![\w-])"
)
"""Words beside a license's name in a manifest that may take back what the license grants."""
_LONGEST_NAME = 200
"""Characters; longer words of several lines are a license text."""
_DUAL = re.compile(r"dual(?:[ -]licen[cs]ed?)?", re.IGNORECASE)
"""Words that only say that there are two licenses: they add nothing where the same manifest names them."""


def declared(path: str, text: str, timeout_s: float = DEFAULT_TIMEOUT_S) -> list[LicenseFinding]:
    """Findings in a manifest, none when it declares nothing; one that cannot be read declares an unknown license.

    Args: path: its path; the last part names its format.
    Raises: DeadlineError when reading it takes longer than `timeout_s`.
    """
    return [finding.placed(path, 0) for finding in _declared("/".join(path.split("/")[-2:]), text, timeout_s)]


@lru_cache(maxsize=2_000)
def _declared(name: str, text: str, timeout_s: float) -> tuple[LicenseFinding, ...]:
    return remembered(
        f"manifest {name}",
        text.encode("utf-8", "surrogatepass"),
        tuple[LicenseFinding, ...],
        partial(_scan, name, text, timeout_s),
    )


def _scan(name: str, text: str, timeout_s: float) -> tuple[LicenseFinding, ...]:
    from seedbed.data.filters.license.detect import preload

    preload()
    return run_within(timeout_s, lambda: tuple(_findings(name, text)))


def _findings(name: str, text: str) -> list[LicenseFinding]:
    try:
        findings = {declaration: _finding(declaration, text) for declaration in declarations(name, text)}
    except BrokenManifestError:
        return [unknown("not-scanned: a manifest that cannot be read")]
    expressions = (finding.expression for group in findings.values() for finding in group if finding.expression)
    is_dual = len({key for expression in expressions for key in keys(expression) if not is_unknown(key)}) > 1
    kept = (group for declaration, group in findings.items() if not (is_dual and _DUAL.fullmatch(declaration.words)))
    return [finding for group in kept for finding in group]


def named_license(words: str, path: str) -> list[LicenseFinding]:
    """Findings in the few words of a license file that holds a license's name and no text: `MIT`, `Apache 2.0`.

    An unknown license where the words are no license's name.
    """
    findings = remembered("name", words.encode("utf-8", "surrogatepass"), tuple[LicenseFinding, ...], partial(_scan_name, words))
    return [finding.placed(path, 0) for finding in findings]


def _scan_name(words: str) -> tuple[LicenseFinding, ...]:
    from seedbed.data.filters.license.detect import preload

    preload()
    return tuple(_finding(LicenseDeclaration("license", words), words))


def _finding(declaration: LicenseDeclaration, text: str) -> list[LicenseFinding]:
    from packagedcode.licensing import get_license_detections_and_expression

    from seedbed.data.filters.license.detect import spdx

    if not declaration.is_readable:
        return [unknown(f"field:{declaration.field}: no literal", lines=locate(declaration.words, text))]
    if declaration.is_file:
        lines = locate(declaration.words, text)
        return [unknown(f"field:{declaration.field}", lines=lines, refers=(declaration.words,))]
    expression = _expression(declaration)
    if expression:
        lines = (line_of_field(declaration.field, text),) * 2 if _is_field(declaration) else locate(declaration.words, text)
        return [LicenseFinding(expression, (RuleMatch(expression, f"field:{declaration.field}", "declared", 100.0, *lines),))]
    if "\n" in declaration.words and len(declaration.words) > _LONGEST_NAME:
        first, _ = locate(declaration.words, text)
        return [finding.placed("", first - 1) for finding in scan_whole(declaration.words, "")]
    detections, _ = get_license_detections_and_expression(declaration.words)
    findings = [
        LicenseFinding(spdx(entry["license_expression"]), tuple(_match(match, declaration, text) for match in entry["matches"]))
        for entry in detections
    ]
    seen = {name for finding in findings for match in finding.matches for name in match.refers}
    missed = [name for name in _named(declaration.words) if name not in seen] if "\n" not in declaration.words else []
    is_listed = declaration.words.startswith("License ::")  # classifiers are a fixed list of names
    if _CONDITION.search(declaration.words) and "\n" not in declaration.words and not is_listed:
        findings.append(unknown("not understood: words beside the license", "", locate(declaration.words, text)))
    return [*findings, *(unknown(f"pointer: {name}", "", locate(declaration.words, text), (name,)) for name in missed)]


def _is_field(declaration: LicenseDeclaration) -> bool:
    return declaration.field == EXPRESSION_FIELD


def _expression(declaration: LicenseDeclaration) -> str | None:
    """The declaration as an SPDX expression, where scancode must not parse it: it ignores keys that a project invented.

    None for all other words; an unknown license where an expression is required and there is none.
    """
    if not _is_field(declaration) and not _OWN_KEY.search(declaration.words):
        return None
    licensing = get_spdx_licensing()
    try:
        tree = licensing.parse(declaration.words)
        strange = [key for key in licensing.unknown_license_keys(tree) if not _OWN_KEY.fullmatch(key)]
        return str(parse(str(tree))) if tree is not None and not strange else NOT_SCANNED
    except (ExpressionError, ValueError, AttributeError):
        return NOT_SCANNED


def _match(match: Mapping[str, Any], declaration: LicenseDeclaration, text: str) -> RuleMatch:
    """A match with the lines of the manifest; scancode counts those of the declaration."""
    from seedbed.data.filters.license.detect import spdx

    expression = spdx(match["license_expression"])
    is_long = "\n" in declaration.words
    first, last = locate(str(match["matched_text"] or "") if is_long else declaration.words, text)
    return RuleMatch(
        expression=expression,
        rule=match["rule_identifier"],
        matcher=match["matcher"],
        score=float(match["score"]),
        start_line=first,
        end_line=last,
        refers=_files(declaration.words) if all(map(is_unknown, keys(expression))) else (),
        is_classifier=declaration.words.startswith("License ::"),
    )


def _files(words: str) -> tuple[str, ...]:
    """The files that a declaration refers to, as a whole or in a sentence."""
    pointer = _POINTER.fullmatch(words)
    return (pointer[1],) if pointer else _named(words)


def _named(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, name in named(words)))
