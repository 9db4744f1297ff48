"""Modules and calls that a policy does not want, in all published languages."""

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
    """Imports in the completion that are not wanted; a name covers everything below it."""
    start, end = fragment.span
    for item in imports_of(fragment.parsed) if fragment.parsed else ():
        if item.start < end and item.end > start:
            yield from _judged(fragment, names, "module", item.parts, max(item.start, start), below=True)


def call_findings(fragment: Fragment, names: Names) -> Iterator[Finding]:
    """Calls in the completion that are not wanted, under the full names that the file's imports give them."""
    for call in calls_of(fragment.parsed, fragment.span) if fragment.parsed else ():
        yield from _judged(fragment, names, "call", call.name, call.end - 1, below=False)


def _judged(fragment: Fragment, names: Names, kind: str, parts: Parts, byte: int, *, below: bool) -> Iterator[Finding]:
    shown, line = ".".join(parts), fragment.line_at(byte)
    denied = names.deny.get(fragment.language, {})
    if (rule := _first(denied, parts, below=below)) is not None:
        yield Finding(f"{kind}:{rule}", names.severity, line, f"{shown}: {denied[rule]}")
        return
    allowed = names.allow.get(fragment.language)
    if allowed is not None and _first(allowed, parts, below=below) is None:
        yield Finding(f"{kind}:not_allowed", names.severity, line, f"{shown}: not on the list of what may be used")


def _first(rules: Iterable[str], parts: Parts, *, below: bool) -> str | None:
    return next((rule for rule in rules if _covers(rule, parts, below=below)), None)


def _covers(rule: str, parts: Parts, *, below: bool) -> bool:
    """Whether a rule means this name.

    `a.b` means itself, `a.b.*` everything below, `*.b` that name of any object; below: `a.b` means what is below it too.
    """
    wanted = parts_of(rule)
    open_end, open_start = below or wanted[-1] == "*", wanted[0] == "*"
    wanted = tuple(part for part in wanted if part != "*")
    if open_start:
        return parts[-len(wanted) :] == wanted and len(parts) > len(wanted)
    return parts[: len(wanted)] == wanted if open_end else parts == wanted
