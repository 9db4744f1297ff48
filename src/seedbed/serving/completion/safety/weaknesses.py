"""Weaknesses that bandit finds in a completion, in its place."""

from __future__ import annotations

import ast
import functools
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from seedbed.serving.completion.answer import Finding, Severity
from seedbed.serving.completion.safety.policy import LEVELS

if TYPE_CHECKING:
    from seedbed.serving.completion.request import Fragment
    from seedbed.serving.completion.safety.policy import Bandit, Level


_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_MAX_DROPPED_LINES: Final = 3
"""Last lines of the completion that may be dropped so that the rest parses."""


def parsable(fragment: Fragment) -> str | None:
    """Imports and the statements around the completion; other lines are blank, so that lines keep their numbers.

    Tried in order: with the suffix; without it; without it, with open brackets closed and a body for an empty block; then the
    same without the last line of the completion, and so on. Returns: None where nothing parses.
    """
    for text in _variants(fragment):
        if (tree := _parsed(text)) is not None:
            return "\n".join(_relevant_lines(text.split("\n"), tree, fragment.start[0], fragment.end[0]))
    return None


def _relevant_lines(lines: list[str], tree: ast.Module, first: int, last: int) -> list[str]:
    """Lines of the imports and of the statements that overlap the lines from `first` to `last`; other lines are blank.

    Of a class, the head and the overlapping statements are kept. So the cost does not depend on the length of the file.
    """
    kept = [""] * len(lines)
    statements: list[ast.stmt] = list(tree.body)
    for statement in statements:  # grows in the loop
        start, end = _first_line(statement), statement.end_lineno or statement.lineno
        touches = start <= last and end >= first
        body = _first_line(statement.body[0]) if isinstance(statement, ast.ClassDef) else 0
        if isinstance(statement, ast.ClassDef) and touches and body > statement.lineno:
            statements += statement.body
            end = body - 1
            kept[end] = " " * statement.body[0].col_offset + "pass"  # a body for a class of which nothing else is kept
        if touches or isinstance(statement, ast.Import | ast.ImportFrom):
            kept[start - 1 : end] = lines[start - 1 : end]
    return kept


def _first_line(statement: ast.stmt) -> int:
    """First line of a statement, including its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _variants(fragment: Fragment) -> Iterator[str]:
    yield fragment.text
    lines = fragment.completion.split("\n")
    for dropped in range(min(_MAX_DROPPED_LINES + 1, len(lines))):
        text = fragment.prefix + "\n".join(lines[: len(lines) - dropped])
        yield text
        yield _finished(text)


def _finished(text: str) -> str:
    """The text with its brackets closed, and `pass` for a block without a body."""
    closed = text.rstrip() + _open_brackets(text)
    last = closed.rsplit("\n", 1)[-1]
    indent = last[: len(last) - len(last.lstrip())]
    if _opens(closed, "try:"):
        return f"{closed}\n{indent} pass\n{indent}finally:\n{indent} pass\n"
    return f"{closed}\n{indent} pass\n" if closed.endswith(":") else _with_finally(closed)


def _opens(text: str, word: str) -> bool:
    return text.rsplit("\n", 1)[-1].strip() == word


def _with_finally(text: str) -> str:
    """Close the `try` in whose body the text ends: the last one that is less indented than the end."""
    lines = text.split("\n")
    depth = len(lines[-1]) - len(lines[-1].lstrip())
    for line in reversed(lines[:-1]):
        if not line.strip():
            continue
        here = len(line) - len(line.lstrip())
        if here < depth and line.strip() == "try:":
            return f"{text}\n{' ' * here}finally:\n{' ' * here} pass\n"
        depth = min(depth, here)
    return text


def _open_brackets(text: str) -> str:
    """The characters that close the brackets that are open at the end. Quotes are not considered."""
    closing: list[str] = []
    for character in text:
        if character in _CLOSING:
            closing.append(_CLOSING[character])
        elif closing and character == closing[-1]:
            closing.pop()
    return "".join(reversed(closing))


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as for an invalid escape in a string
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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
