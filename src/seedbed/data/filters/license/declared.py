"""What a package's manifest declares about its license, read as data."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from functools import lru_cache, partial
from typing import Any
from xml.etree import ElementTree

from license_expression import ExpressionError, get_spdx_licensing

from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S, run_within
from seedbed.data.filters.license.evidence import NOT_SCANNED, LicenseFinding, RuleMatch, unknown
from seedbed.data.filters.license.expressions import is_unknown, keys, parse
from seedbed.data.filters.license.findings_cache import remembered
from seedbed.data.filters.license.pointers import named

EXPRESSION_FIELD = "License-Expression"
"""The field of core metadata 2.4 (PEP 639) that stands above the others; its value is an SPDX expression or an error."""

_CLASSIFIER = re.compile(r"^(?:Classifier:)?[ \t]*(License ::.*?)[ \t]*$", re.MULTILINE)


class BrokenManifestError(ValueError):
    """A manifest that its own format's parser refuses."""


@dataclass(frozen=True, slots=True)
class LicenseDeclaration:
    """Words that declare a license, and their field. With `is_file` they are the path of a file that holds the license."""

    field: str
    words: str
    is_file: bool = False


def declarations(name: str, text: str) -> list[LicenseDeclaration]:
    """Declarations in the manifest of this name, in its order; none when it declares nothing.

    Raises: BrokenManifestError when the parser of its format refuses it.
    """
    try:
        return [declaration for declaration in _READERS[name](text) if declaration.words]
    except (ValueError, configparser.Error, ElementTree.ParseError, RecursionError) as error:
        raise BrokenManifestError(f"{name}: {error}") from error


def _core_metadata(text: str) -> Iterator[LicenseDeclaration]:
    fields = HeaderParser().parsestr(text)
    expressions = fields.get_all(EXPRESSION_FIELD, [])
    for expression in expressions:
        yield LicenseDeclaration(EXPRESSION_FIELD, str(expression).strip())
    if not expressions:
        for words in fields.get_all("License", []):
            if words.strip().upper() != "UNKNOWN":  # what setuptools writes for a package that declares nothing
                yield LicenseDeclaration("License", str(words).strip())
        for words in _CLASSIFIER.findall(text):  # also below a License field that ends the header by a blank line
            yield LicenseDeclaration("Classifier", words)


def _pyproject(text: str) -> Iterator[LicenseDeclaration]:
    data = tomllib.loads(text)
    tool = _table(data, "tool")
    for table in (_table(data, "project"), _table(tool, "poetry"), _table(tool, "flit", "metadata")):
        yield from _words(table.get("license"))
        yield from _classifiers(table.get("classifiers"))


def _setup_cfg(text: str) -> Iterator[LicenseDeclaration]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(text)
    metadata = parser["metadata"] if parser.has_section("metadata") else {}
    for key in ("license", "licence"):
        yield from _words(metadata.get(key))
    for key in ("classifiers", "classifier"):
        yield from _classifiers(_CLASSIFIER.findall(metadata.get(key, "")))


def _package_json(text: str) -> Iterator[LicenseDeclaration]:
    data = json.loads(text)
    for key in ("license", "licence", "licenses", "licences"):
        stated = data.get(key) if isinstance(data, dict) else None
        for value in stated if isinstance(stated, list) else [stated]:
            yield from _words(value)


def _cargo(text: str) -> Iterator[LicenseDeclaration]:
    data = tomllib.loads(text)
    for table in (_table(data, "package"), _table(data, "workspace", "package")):
        stated, file = table.get("license"), table.get("license-file")
        yield from () if isinstance(stated, dict) else _words(stated)  # {workspace = true}: the manifest above says it
        if isinstance(file, str):
            yield LicenseDeclaration("license-file", file, is_file=True)


def _pom(text: str) -> Iterator[LicenseDeclaration]:
    project = ElementTree.fromstring(text)  # noqa: S314  entities are bounded by expat, time by the caller
    for entry in project.findall("./{*}licenses/{*}license"):
        parts = [(entry.findtext(f"{{*}}{part}") or "").strip() for part in ("name", "url")]
        yield LicenseDeclaration("license", "\n".join(part for part in parts if part))


_READERS: dict[str, Callable[[str], Iterator[LicenseDeclaration]]] = {
    "PKG-INFO": _core_metadata,
    "METADATA": _core_metadata,
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "package.json": _package_json,
    "Cargo.toml": _cargo,
    "pom.xml": _pom,
}


def _table(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        inner = data.get(key)
        data = inner if isinstance(inner, dict) else {}
    return data


def _words(value: Any) -> Iterator[LicenseDeclaration]:
    """A license as text, or as a table with `text`, `type`, `name` or `url`, or with the `file` that has it."""
    if isinstance(value, dict):
        if isinstance(value.get("file"), str):
            yield LicenseDeclaration("license", value["file"], is_file=True)
        value = next((value[key] for key in ("text", "type", "name", "url") if value.get(key)), None)
    if value is not None:
        yield LicenseDeclaration("license", str(value).strip())


def _classifiers(values: Any) -> Iterator[LicenseDeclaration]:
    listed: Iterable[Any] = values if isinstance(values, list) else []
    return (
        LicenseDeclaration("classifiers", str(value).strip()) for value in listed if str(value).strip().startswith("License ::")
    )


def locate(words: str, text: str) -> tuple[int, int]:
    """First and last line of the words of a declaration, or of some of them, in a manifest, counted from 1.

    Best is a line on which the words are a whole value, then one that holds them among others; of equals one that mentions
    a license, then one below such a line. Where no line has them: the first line that mentions a license, or 1.
    """
    lines = text.lower().splitlines()
    parts = words.strip().lower().splitlines()
    first = _first_line(parts[0], lines) if parts else None
    if first is None:
        first = next((number for number, line in enumerate(lines) if "licen" in line), 0)
        return first + 1, first + 1
    return first + 1, _last_line(parts, lines, first) + 1


def line_of_field(field: str, text: str) -> int:
    """Line of a header field of core metadata, counted from 1."""
    starts = (number for number, line in enumerate(text.lower().splitlines(), 1) if line.startswith(f"{field.lower()}:"))
    return next(starts, 1)


def _first_line(words: str, lines: Sequence[str]) -> int | None:
    spaced = r"\s+".join(map(re.escape, words.split()))
    value = re.compile(rf"(?:^|(?<!:)[>\"':=])\s*{spaced}\s*(?:$|[<\"',;\]}}])")
    among = re.compile(rf"(?<![\w.-]){spaced}(?![\w-])")
    ranks = []
    is_below = False
    for number, line in enumerate(lines):
        mentions = "licen" in line
        if among.search(line):
            ranks.append((not value.search(line), not mentions, not (mentions or is_below), number))
        is_below = is_below or mentions
    return min(ranks)[-1] if ranks else None


def _last_line(words: Sequence[str], lines: Sequence[str], first: int) -> int:
    """Line of the last of several words lines: as far below the first as in the declaration, else the next that has it."""
    expected, end = first + len(words) - 1, words[-1].strip()
    if expected < len(lines) and end in lines[expected]:
        return expected
    return next((number for number in range(first, len(lines)) if end in lines[number]), first)


_OWN_KEY = re.compile(r"(?:DocumentRef-[\w.-]+:)?LicenseRef-[\w.-]+")
_POINTER = re.compile(
    r"(?:(?:please )?(?:see|read|refer to) )?(?:the )?(?:licen[cs]e )?(?:(?:in|at|file) ?:? ?)?(?:the )?(?:file )?[`'\"<]?"
    r"([\w./-]+)[`'\">]?(?: file)?(?: for (?:the )?(?:more )?(?:details?|information|terms))?\.?",
    re.IGNORECASE,
)
_DUAL = re.compile(r"dual(?:[ -]licen[cs]ed?)?", re.IGNORECASE)
"""Words that only say that there are two licenses: they add nothing where the same manifest names them."""


def declared(path: str, text: str, timeout_s: float = DEFAULT_TIMEOUT_S) -> list[LicenseFinding]:
    """Findings in a manifest, none when it declares nothing; one that cannot be read declares an unknown license.

    Args: path: its path; the last part names its format.
    Raises: DeadlineError when reading it takes longer than `timeout_s`.
    """
    return [finding.placed(path, 0) for finding in _declared(path.rpartition("/")[2], text, timeout_s)]


@lru_cache(maxsize=2_000)
def _declared(name: str, text: str, timeout_s: float) -> tuple[LicenseFinding, ...]:
    return remembered(f"manifest {name}", text.encode("utf-8", "surrogatepass"), partial(_scan, name, text, timeout_s))


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


def _finding(declaration: LicenseDeclaration, text: str) -> list[LicenseFinding]:
    from packagedcode.licensing import get_license_detections_and_expression

    from seedbed.data.filters.license.detect import spdx

    if declaration.is_file:
        lines = locate(declaration.words, text)
        return [unknown(f"field:{declaration.field}", lines=lines, refers=(declaration.words,))]
    expression = _expression(declaration)
    if expression:
        lines = (line_of_field(declaration.field, text),) * 2 if _is_field(declaration) else locate(declaration.words, text)
        return [LicenseFinding(expression, (RuleMatch(expression, f"field:{declaration.field}", "declared", 100.0, *lines),))]
    detections, _ = get_license_detections_and_expression(declaration.words)
    findings = [
        LicenseFinding(spdx(entry["license_expression"]), tuple(_match(match, declaration, text) for match in entry["matches"]))
        for entry in detections
    ]
    seen = {name for finding in findings for match in finding.matches for name in match.refers}
    missed = [name for name in _named(declaration.words) if name not in seen] if "\n" not in declaration.words else []
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
