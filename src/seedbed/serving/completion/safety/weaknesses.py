"""Weaknesses in Python by bandit, in process: its visitor reads a text that is never written to a file.

Comments that silence bandit (`nosec`) have no effect: a model must not silence its own findings.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from seedbed.serving.completion.answer import Finding, Severity
from seedbed.serving.completion.safety.policy import LEVELS
from seedbed.serving.completion.safety.python_text import parsable

if TYPE_CHECKING:
    from seedbed.serving.completion.fragment import Fragment
    from seedbed.serving.completion.safety.policy import Bandit, Level

_NAME = "./completion.py"
"""File name for bandit; no such file is read."""

_SEVERITIES: dict[str, Severity] = {"LOW": "low", "MEDIUM": "medium", "HIGH": "high"}


def weaknesses(fragment: Fragment, policy: Bandit) -> list[Finding] | None:
    """Findings on the lines of the completion; None where the fragment does not parse."""
    text = parsable(fragment)
    if text is None:
        return None
    try:
        issues = _issues(text, policy.skip)
    except (RecursionError, SyntaxError, ValueError):
        return None
    return sorted(_findings(issues, fragment, policy), key=lambda finding: (finding.line, finding.rule))


def _findings(issues: list[Any], fragment: Fragment, policy: Bandit) -> Iterator[Finding]:
    for issue in issues:
        severity, confidence = _SEVERITIES.get(issue.severity), _SEVERITIES.get(issue.confidence)
        line = _line(issue, fragment)
        if line and severity and confidence and _counts(severity, confidence, policy):
            yield Finding(f"bandit:{issue.test_id}", severity, line, _message(issue))


def _message(issue: Any) -> str:
    """Bandit's message, without the password that some of its tests quote."""
    return str(issue.text).partition(":")[0] if issue.test_id in _QUOTES_PASSWORD else str(issue.text)


def _counts(severity: Level, confidence: Level, policy: Bandit) -> bool:
    levels = ((severity, policy.min_severity), (confidence, policy.min_confidence))
    return all(LEVELS.index(level) >= LEVELS.index(least) for level, least in levels)


def _line(issue: Any, fragment: Fragment) -> int | None:
    """Line of an issue in the completion: it starts there, or the completion finishes its expression. None outside."""
    start = (issue.lineno, issue.col_offset)
    end = (max(issue.linerange or [issue.lineno]), issue.end_col_offset)
    if fragment.start <= start < fragment.end:
        return fragment.line_of(issue.lineno)
    finished = start < fragment.start < end <= fragment.end
    return 1 if finished and issue.test_id not in _SPANS_BLOCKS else None


_SPANS_BLOCKS = frozenset({"B105", "B106", "B107", "B110", "B112"})
"""Tests whose issues may span a whole function or handler: defaults of parameters, `except: pass`."""


_QUOTES_PASSWORD = frozenset({"B105", "B106", "B107"})


def preload() -> None:
    """Load bandit's tests: half a second the first time."""
    _tests(())


def _issues(text: str, skip: tuple[str, ...]) -> list[Any]:
    from bandit.core import meta_ast, metrics, node_visitor

    data, seen = text.encode("utf-8", "replace"), metrics.Metrics()
    seen.begin(_NAME)
    visitor = node_visitor.BanditNodeVisitor(
        _NAME, io.BytesIO(data), meta_ast.BanditMetaAst(), _tests(skip), debug=False, nosec_lines={}, metrics=seen
    )
    visitor.process(data)
    return list(visitor.tester.results)


@functools.cache
def _tests(skip: tuple[str, ...]) -> Any:
    from bandit.core import config, test_set

    return test_set.BanditTestSet(config.BanditConfig(), {"exclude": list(skip)})
