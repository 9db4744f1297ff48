"""`seedbed audit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from seedbed.cli import terminal
from seedbed.cli.extras import need

Folder = Annotated[Path, Argument(metavar="FOLDER", help="a folder or a file of source code")]
Rules = Annotated[Path | None, Option(metavar="DIR", help="semgrep rules, *.yaml (default: recipes/safety/semgrep)")]


def audit(folder: Folder, rules: Rules = None) -> int:
    """Check a folder with semgrep and local rules, offline.

    Exit code 1 when there are findings.
    """
    need("audit")
    from pipeline import audit as stage

    report = stage.run(folder, rules)
    for line in stage.lines(report):
        terminal.show(line)
    return int(bool(report.issues))
