"""Runs all checks of a policy on one candidate, in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.text import credentials
from seedbed.serving.completion.answer import Finding
from seedbed.serving.completion.safety import weaknesses
from seedbed.serving.completion.safety.names import call_findings, module_findings

if TYPE_CHECKING:
    from seedbed.serving.completion.fragment import Fragment
    from seedbed.serving.completion.safety.policy import Action, SafetyPolicy


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
