"""Audits a folder with semgrep and local rules. semgrep is an external command, not a dependency, and needs no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.core.errors import AuditError, InputError

_INSTALL = "pipx install semgrep, or pip install semgrep into an environment of its own, then run again with it on PATH"


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: file (as semgrep names it, below the folder that was given), line from 1, severity, rule, message."""

    path: str
    line: int
    severity: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """Issues by file and line; the number of files read, and the files that could not be read as a whole."""

    issues: tuple[Issue, ...]
    files: int
    unread: tuple[str, ...]


def audit(folder: Path, rules: Path) -> Report:
    """Check every file of a folder against all rules (`*.yaml`) of another.

    Raises: InputError for a missing folder; AuditError when semgrep is missing, refuses a rule, or fails.
    """
    if not folder.exists():
        raise InputError(f"{folder}: no such file or folder.")
    if not list(_rule_files(rules)):
        raise InputError(f"--rules {rules}: no rules there. Allowed: a folder of semgrep rules, *.yaml.")
    program = shutil.which("semgrep")
    if program is None:
        raise AuditError(f"semgrep is not installed. Allowed: {_INSTALL}.")
    return _report(_run(program, folder, rules))


def _rule_files(rules: Path) -> Iterator[Path]:
    yield from (path for end in ("yaml", "yml") for path in rules.glob(f"*.{end}")) if rules.is_dir() else ()


def _run(program: str, folder: Path, rules: Path) -> dict[str, Any]:
    """Run semgrep. Returns: its JSON. Its update check and metrics are off, and it fetches no rules."""
    command = [program, "scan", "--config", str(rules), "--json", "--metrics=off", "--disable-version-check", "--quiet"]
    quiet = os.environ | {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    # .gitignore does not count: generated code is what is to be audited.
    done = subprocess.run(
        [*command, "--no-git-ignore", "--", str(folder)], capture_output=True, text=True, check=False, env=quiet
    )
    try:
        data: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        last_line = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise AuditError(f"semgrep failed with exit code {done.returncode}: {last_line}") from error
    if "results" not in data or (done.returncode not in {0, 1} and not data["results"]):
        raise AuditError(f"--rules {rules}: semgrep reports: {_error_message(data)}")
    return data


def _error_message(data: dict[str, Any]) -> str:
    errors = data.get("errors") or [{}]
    return str(errors[0].get("message") or errors[0].get("long_msg") or "no reason")


def _report(data: dict[str, Any]) -> Report:
    issues = sorted(map(_issue, data["results"]), key=lambda issue: (issue.path, issue.line, issue.rule))
    unread = sorted({str(error["path"]) for error in data.get("errors", ()) if error.get("path")})
    return Report(tuple(issues), len(data.get("paths", {}).get("scanned", ())), tuple(unread))


def _issue(result: dict[str, Any]) -> Issue:
    extra, rule = result["extra"], str(result["check_id"]).rpartition(".")[2]
    return Issue(result["path"], int(result["start"]["line"]), extra["severity"].lower(), rule, extra["message"].strip())
