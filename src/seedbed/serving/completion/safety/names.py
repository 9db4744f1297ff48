"""Modules and calls that a policy denies or does not allow, in all published languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from seedbed.core.syntax.imports import parts_of
from seedbed.serving.completion.answer import Finding
from seedbed.serving.completion.references import calls_of, imports_of

if TYPE_CHECKING:
    from seedbed.serving.completion.fragment import Fragment
    from seedbed.serving.completion.safety.policy import Names

Parts = tuple[str, ...]


def module_findings(fragment: Fragment, names: Names) -> Iterator[Finding]:
    """Denied imports in the completion; a name covers everything below it."""
    start, end = fragment.span
    for item in imports_of(fragment.parsed) if fragment.parsed else ():
        if item.start < end and item.end > start:
            yield from _check(fragment, names, "module", item.parts, max(item.start, start), below=True)


def call_findings(fragment: Fragment, names: Names) -> Iterator[Finding]:
    """Denied calls in the completion, by the full names that the imports of the file give them."""
    for call in calls_of(fragment.parsed, fragment.span) if fragment.parsed else ():
        yield from _check(fragment, names, "call", call.name, call.end - 1, below=False)


def _check(fragment: Fragment, names: Names, kind: str, parts: Parts, byte: int, *, below: bool) -> Iterator[Finding]:
    shown, line = ".".join(parts), fragment.line_at(byte)
    denied = names.deny.get(fragment.language, {})
    if (rule := _first(denied, parts, below=below)) is not None:
        yield Finding(f"{kind}:{rule}", names.severity, line, f"{shown}: {denied[rule]}")
        return
    allowed = names.allow.get(fragment.language)
    if allowed is not None and _first(allowed, parts, below=below) is None:
        yield Finding(f"{kind}:not_allowed", names.severity, line, f"{shown}: not on the list of allowed names")


def _first(rules: Iterable[str], parts: Parts, *, below: bool) -> str | None:
    return next((rule for rule in rules if _covers(rule, parts, below=below)), None)


def _covers(rule: str, parts: Parts, *, below: bool) -> bool:
    """Whether a rule matches a name.

    `a.b` matches itself, `a.b.*` everything below, `*.b` that name of any object. below: `a.b` matches what is below it too.
    """
    pattern = parts_of(rule)
    open_end, open_start = below or pattern[-1] == "*", pattern[0] == "*"
    pattern = tuple(part for part in pattern if part != "*")
    if open_start:
        return parts[-len(pattern) :] == pattern and len(parts) > len(pattern)
    return parts[: len(pattern)] == pattern if open_end else parts == pattern
