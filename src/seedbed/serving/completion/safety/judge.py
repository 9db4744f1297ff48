"""All checks of a policy on one candidate, in its place."""

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
    """What a policy says of a candidate.

    findings: by line; withhold: whether one of them keeps it from being shown; unread: checks that could not read it.
    """

    findings: tuple[Finding, ...]
    withhold: bool
    unread: tuple[str, ...] = ()


def judge(fragment: Fragment, policy: SafetyPolicy) -> Verdict:
    """Look at a completion in its place, and say only what concerns its own lines."""
    if not fragment.completion.strip():
        return Verdict((), withhold=False)
    found = list(_by_names(fragment, policy))
    unread: tuple[str, ...] = ()
    if policy.bandit.enabled and fragment.language == "Python":
        issues = weaknesses.weaknesses(fragment, policy.bandit)
        unread = ("bandit",) if issues is None else ()
        found += [(issue, policy.bandit.action) for issue in issues or ()]
    if policy.secrets.enabled:
        found += [(finding, policy.secrets.action) for finding in secret_findings(fragment)]
    findings = sorted((finding for finding, _ in found), key=lambda one: (one.line, one.rule))
    return Verdict(tuple(dict.fromkeys(findings)), any(action == "withhold" for _, action in found), unread)


def preload(policy: SafetyPolicy) -> None:
    """Load what the checks of a policy need, so that the first request does not wait for it."""
    if policy.bandit.enabled:
        weaknesses.preload()
    if policy.secrets.enabled:
        credentials.preload()


def secret_findings(fragment: Fragment) -> Iterator[Finding]:
    """Credentials in the completion's lines; the line that it starts in counts from its beginning."""
    before = fragment.prefix.rpartition("\n")[2]
    behind = fragment.suffix.partition("\n")[0]
    for secret in credentials.find_secrets(before + fragment.completion + behind):
        yield Finding(f"secret:{secret.rule}", "high", secret.line, "looks like a credential")


def _by_names(fragment: Fragment, policy: SafetyPolicy) -> Iterator[tuple[Finding, Action]]:
    for finding in module_findings(fragment, policy.modules):
        yield finding, policy.modules.action
    for finding in call_findings(fragment, policy.calls):
        yield finding, policy.calls.action
