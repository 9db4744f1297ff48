"""The part of a completion that may be sent while the model still writes it."""

from __future__ import annotations

import re
from typing import Final

from seedbed.core.syntax import named
from seedbed.core.text.credentials import PRIVATE_KEY_START
from seedbed.serving.completion.lexing import ends_in_literal, open_brackets
from seedbed.serving.completion.postprocess import settled
from seedbed.serving.completion.postprocess.rules import Place
from seedbed.serving.completion.request import CompletionRequest, Fragment
from seedbed.serving.completion.safety import SafetyPolicy, judge

_PRIVATE_KEY_END: Final = "-----END"
_CONTINUES: Final = re.compile(r"[\\=,.+&|:]\s*$")
"""Ends of a line after which its statement goes on; a colon, since a check may depend on the body."""

_BINDING: Final = re.compile(r"^\s*(?:pub\s+)?(?:import|export|use|const|let|var)\b[^;=()]*$")
"""What stands on a line before `{` that opens a list of names, not a block."""


class StreamFilter:
    """Text that no rule of post-processing can change any more and that the policy does not withhold.

    Without a check that withholds, text leaves as soon as it is settled. With one, whole lines leave, after they were judged;
    a private key waits for its end, and where names or weaknesses are withheld, a statement waits for its last line.
    """

    def __init__(self, request: CompletionRequest, policy: SafetyPolicy | None) -> None:
        self._request = request
        self._policy = withholding_checks(policy) if policy else None
        self._place = Place(request.prefix, request.suffix, request.language, None)
        self.sent = ""

    def push(self, text: str) -> str:
        """Text to send now; "" for nothing.

        Args: text: all that the model has written so far.
        """
        text = settled(text, self._place)
        if self._policy:
            text = self._complete_statements(text[: text.rfind("\n") + 1], self._policy)
        text = text.rstrip()
        if len(text) <= len(self.sent) or not self._is_allowed(text):
            return ""
        new = text[len(self.sent) :]
        self.sent = text
        return new

    def _is_allowed(self, text: str) -> bool:
        """Judge a text as the whole completion, and as the beginning of a longer one."""
        if self._policy is None:
            return True
        prefix, suffix, language = self._request.prefix, self._request.suffix, self._request.language
        fragments = Fragment(prefix, text, suffix, language), Fragment(prefix, f"{text}\n", "", language)
        return not any(judge(fragment, self._policy).withhold for fragment in fragments)

    def _complete_statements(self, text: str, policy: SafetyPolicy) -> str:
        """The longest beginning, of whole lines, after which nothing is open that a check has to see as a whole."""
        while len(text.rstrip()) > len(self.sent) and self._is_open(text, policy):
            text = text[: text.rfind("\n", 0, -1) + 1]
        return text

    def _is_open(self, text: str, policy: SafetyPolicy) -> bool:
        if policy.secrets.enabled and _is_in_private_key(text):
            return True
        return judges_statements(policy) and _is_in_statement(self._request.prefix + text, self._request.language)


def withholding_checks(policy: SafetyPolicy) -> SafetyPolicy | None:
    """The policy with only those checks that withhold a candidate; None where no check does."""
    off = {
        name: check.model_copy(update={"enabled": False})
        for name, check in (("bandit", policy.bandit), ("secrets", policy.secrets))
        if check.action != "withhold"
    }
    off_names = {
        name: check.model_copy(update={"deny": {}, "allow": {}})
        for name, check in (("modules", policy.modules), ("calls", policy.calls))
        if check.action != "withhold"
    }
    return policy.model_copy(update={**off, **off_names}) if len(off) + len(off_names) < 4 else None


def judges_statements(policy: SafetyPolicy) -> bool:
    """Whether a check looks at more than single lines."""
    names = (policy.modules.deny, policy.modules.allow, policy.calls.deny, policy.calls.allow)
    return policy.bandit.enabled or any(names)


def _is_in_private_key(text: str) -> bool:
    starts = list(PRIVATE_KEY_START.finditer(text))
    return bool(starts) and _PRIVATE_KEY_END not in text[starts[-1].end() :]


def _is_in_statement(text: str, language: str) -> bool:
    """Whether the last line belongs to a statement that goes on."""
    if _CONTINUES.search(text) or ends_in_literal(text, language):
        return True
    still_open = open_brackets(text, language)
    if not still_open:
        return False
    at, bracket = still_open[-1]
    line_before = text[-20_000:][:at].rpartition("\n")[2]
    return bracket != "{" or named(language).blocks == "indentation" or bool(_BINDING.match(line_before))
