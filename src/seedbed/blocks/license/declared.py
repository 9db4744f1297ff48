"""What a package's manifest declares, read by scancode's packagedcode as data; nothing is ever executed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from email.parser import HeaderParser
from functools import lru_cache
from pathlib import Path
from typing import Any

from license_expression import get_spdx_licensing
from packagedcode.cargo import CargoTomlHandler
from packagedcode.maven import MavenPomXmlHandler
from packagedcode.npm import NpmPackageJsonHandler
from packagedcode.pypi import (
    PoetryPyprojectTomlHandler,
    PyprojectTomlHandler,
    PythonSdistPkgInfoFile,
    SetupCfgHandler,
)

from seedbed.blocks.license.deadline import run_within
from seedbed.blocks.license.detect import DEFAULT_TIMEOUT_S, spdx
from seedbed.blocks.license.evidence import NOT_SCANNED, Finding, Match
from seedbed.blocks.license.expressions import is_unknown, keys, parse
from seedbed.blocks.license.index import preload
from seedbed.blocks.license.manifest_lines import line_of_field, locate

_HANDLERS: dict[str, tuple[Any, ...]] = {
    "PKG-INFO": (PythonSdistPkgInfoFile,),
    "METADATA": (PythonSdistPkgInfoFile,),
    "pyproject.toml": (PyprojectTomlHandler, PoetryPyprojectTomlHandler),
    "setup.cfg": (SetupCfgHandler,),
    "package.json": (NpmPackageJsonHandler,),
    "Cargo.toml": (CargoTomlHandler,),
    "pom.xml": (MavenPomXmlHandler,),
}
_BROKEN = Finding(NOT_SCANNED, (Match(NOT_SCANNED, "not-scanned: a manifest that cannot be read", "none", 0.0, 1, 1),))


def declared(path: str, text: str, timeout_s: float = DEFAULT_TIMEOUT_S) -> list[Finding]:
    """Findings in a manifest, none when it declares nothing; one that cannot be read declares an unknown license.

    Args: path: its path, whose last part says what it is. Errors: DeadlineError.
    """
    return [finding.placed(path, 0) for finding in _declared(path.rpartition("/")[2], text, timeout_s)]


@lru_cache(maxsize=2_000)
def _declared(name: str, text: str, timeout_s: float) -> tuple[Finding, ...]:
    if name in {"PKG-INFO", "METADATA"}:
        stated = _license_expression_field(text)
        if stated:
            return (stated,)
    preload()
    return run_within(timeout_s, lambda: _first(_HANDLERS[name], name, text))


def _license_expression_field(text: str) -> Finding | None:
    """The SPDX expression of core metadata 2.4 (PEP 639), which packagedcode does not read; it stands above the rest."""
    expression = HeaderParser().parsestr(text)["License-Expression"]
    if not expression or get_spdx_licensing().validate(expression).errors:
        return None
    return _one_line(str(parse(str(get_spdx_licensing().parse(expression)))), "License-Expression", text)


def _one_line(expression: str, field: str, text: str) -> Finding:
    line = line_of_field(field, text)
    return Finding(expression, (Match(expression, f"field:{field}", "declared", 100.0, line, line),))


def _first(handlers: tuple[Any, ...], name: str, text: str) -> tuple[Finding, ...]:
    """What the first handler that finds a license in it says."""
    with tempfile.TemporaryDirectory(prefix="seedbed-") as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8", errors="replace")
        for handler in handlers:
            try:
                found = tuple(_findings(handler, file, text))
            except Exception:  # noqa: BLE001  a dozen parsers of foreign formats fail in as many ways on broken files
                return (_BROKEN,)
            if found:
                return found
    return ()


def _findings(handler: Any, file: Path, text: str) -> Iterator[Finding]:
    for package in handler.parse(str(file), package_only=False):
        for detection in package.license_detections:
            matches = tuple(_match(match, text) for match in detection["matches"])
            if _is_file_list(package.extracted_license_statement):
                continue
            yield Finding(spdx(detection["license_expression"]), matches)


def _is_file_list(statement: str | None) -> bool:
    """`license_files = LICENSE` in setup.cfg says what to pack, not under which license."""
    lines = [line.strip() for line in (statement or "").splitlines() if line.strip()]
    return bool(lines) and all(line.startswith(("license_file", "license-file")) for line in lines)


def _match(match: dict[str, Any], text: str) -> Match:
    """Lines as published: packagedcode counts them in the statement, we in the manifest."""
    statement = str(match.get("matched_text") or "")
    expression = spdx(match["license_expression"])
    first, last = locate(statement, text, points_to_files=all(map(is_unknown, keys(expression))))
    return Match(
        expression=expression,
        rule=match["rule_identifier"],
        matcher=match["matcher"],
        score=float(match["score"]),
        start_line=first,
        end_line=last,
        refers=tuple(match.get("referenced_filenames") or ()),
        is_classifier="License ::" in statement,
    )
