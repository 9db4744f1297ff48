"""Findings of a completion: credentials, denied modules and calls, weaknesses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.syntax.language import parts_of
from seedbed.core.text import credentials
from seedbed.serving.completion.answer import Finding
from seedbed.serving.completion.references import calls_of, imports_of
from seedbed.serving.completion.safety import weaknesses

if TYPE_CHECKING:
    from seedbed.serving.completion.request import Fragment
    from seedbed.serving.completion.safety.policy import Action, Names, SafetyPolicy


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a policy for a candidate.

    findings: by line; withhold: whether a finding withholds the candidate; unread: checks that could not parse it.
    """

    findings: tuple[Finding, ...]
    withhold: bool
    unread: tuple[str, ...] = ()


def judge(fragment: Fragment, policy: SafetyPolicy) -> Verdict:
    """Judge a completion in its place. Only findings on its own lines count."""
    if not fragment.completion.strip():
        return Verdict((), withhold=False)
    results = list(_by_names(fragment, policy))
    unread: tuple[str, ...] = ()
    if policy.bandit.enabled and fragment.language == "Python":
        issues = weaknesses.weaknesses(fragment, policy.bandit)
        unread = ("bandit",) if issues is None else ()
        results += [(issue, policy.bandit.action) for issue in issues or ()]
    if policy.secrets.enabled:
        results += [(finding, policy.secrets.action) for finding in secret_findings(fragment)]
    findings = sorted((finding for finding, _ in results), key=lambda finding: (finding.line, finding.rule))
    return Verdict(tuple(dict.fromkeys(findings)), any(action == "withhold" for _, action in results), unread)


def preload(policy: SafetyPolicy) -> None:
    """Load what the checks of a policy need, so that the first request does not wait."""
    if policy.bandit.enabled:
        weaknesses.preload()
    if policy.secrets.enabled:
        credentials.preload()


def secret_findings(fragment: Fragment) -> Iterator[Finding]:
    """Credentials in the lines of the completion, including the rest of its first and last line."""
    before = fragment.prefix.rpartition("\n")[2]
    behind = fragment.suffix.partition("\n")[0]
    for secret in credentials.find_secrets(before + fragment.completion + behind):
        yield Finding(f"secret:{secret.rule}", "high", secret.line, "looks like a credential")


def _by_names(fragment: Fragment, policy: SafetyPolicy) -> Iterator[tuple[Finding, Action]]:
    for finding in module_findings(fragment, policy.modules):
        yield finding, policy.modules.action
    for finding in call_findings(fragment, policy.calls):
        yield finding, policy.calls.action
