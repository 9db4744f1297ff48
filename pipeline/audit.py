"""`seedbed audit FOLDER`: what semgrep says by our rules, or by those of an organisation."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from seedbed.core.text.numbers import plural
from seedbed.serving.completion.safety.audit import Report, audit

RULES = Path(__file__).parent.parent / "recipes" / "safety" / "semgrep"


def command(arguments: argparse.Namespace) -> Report:
    """Audit the folder of the arguments."""
    return audit(arguments.folder, arguments.rules or RULES)


def lines(report: Report) -> Iterator[str]:
    """A line a finding, then what was looked at."""
    for issue in report.issues:
        yield f"{issue.path}:{issue.line}: {issue.severity} {issue.rule}: {issue.message}"
    yield from (f"{path}: could not be read in whole" for path in report.unread)
    yield f"{plural(len(report.issues), 'finding')} in {plural(report.files, 'file')}"
