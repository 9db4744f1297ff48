"""Weaknesses that bandit knows, found in process: its own visitor over a text that is never written to a file.

Marks in the code that silence bandit (`nosec`) do nothing here: a model must not be able to vouch for itself.
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
"""What bandit calls the text; no such file is read."""

_SEVERITIES: dict[str, Severity] = {"LOW": "low", "MEDIUM": "medium", "HIGH": "high"}


def weaknesses(fragment: Fragment, policy: Bandit) -> list[Finding] | None:
    """What bandit says of the completion's lines; None where Python cannot read the fragment even when it is finished."""
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
    """Bandit's words, without the password that some of its tests quote."""
    return str(issue.text).partition(":")[0] if issue.test_id in _QUOTES_A_PASSWORD else str(issue.text)


def _counts(severity: Level, confidence: Level, policy: Bandit) -> bool:
    wanted = ((severity, policy.min_severity), (confidence, policy.min_confidence))
    return all(LEVELS.index(level) >= LEVELS.index(least) for level, least in wanted)


def _line(issue: Any, fragment: Fragment) -> int | None:
    """Where an issue is in the completion: it starts there, or it is an expression that the completion brought to its end."""
    start = (issue.lineno, issue.col_offset)
    end = (max(issue.linerange or [issue.lineno]), issue.end_col_offset)
    if fragment.start <= start < fragment.end:
        return fragment.line_of(issue.lineno)
    finished = start < fragment.start < end <= fragment.end
    return 1 if finished and issue.test_id not in _BLOCKS else None


_BLOCKS = frozenset({"B105", "B106", "B107", "B110", "B112"})
"""Tests whose issues may span a whole function or handler: defaults of parameters, `except: pass`."""


_QUOTES_A_PASSWORD = frozenset({"B105", "B106", "B107"})


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
