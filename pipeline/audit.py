"""An audit of a folder by semgrep, with our rules or those of an organisation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seedbed.core.text.formatting import plural
from seedbed.serving.completion.safety.audit import Report, audit

RULES = Path(__file__).parent.parent / "recipes" / "safety" / "semgrep"


def run(folder: Path, rules: Path | None) -> Report:
    """Audit a folder. Raises: InputError, AuditError."""
    return audit(folder, rules or RULES)


def lines(report: Report) -> Iterator[str]:
    """A line a finding, then what was looked at."""
    for issue in report.issues:
        yield f"{issue.path}:{issue.line}: {issue.severity} {issue.rule}: {issue.message}"
    yield from (f"{path}: could not be read in whole" for path in report.unread)
    yield f"{plural(len(report.issues), 'finding')} in {plural(report.files, 'file')}"
