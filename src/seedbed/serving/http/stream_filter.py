"""A stream under a policy that may withhold what a model writes: a line leaves only after it was looked at."""

from __future__ import annotations

from seedbed.serving.completion.fragment import Fragment
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.completion.safety import SafetyPolicy, judge


class Guard:
    """Text in as it is written, whole lines out; everything at once where no check withholds."""

    def __init__(self, request: CompletionRequest, policy: SafetyPolicy | None) -> None:
        self._request, self._policy = request, withholding(policy) if policy else None
        self._text = ""
        self._told = 0

    @property
    def told(self) -> str:
        """What has left."""
        return self._text[: self._told]

    def push(self, piece: str) -> str:
        """What may leave now."""
        self._text += piece
        end = len(self._text) if self._policy is None else self._text.rfind("\n") + 1
        if end <= self._told or not self._is_allowed(self._text[:end]):
            return ""
        new = self._text[self._told : end]
        self._told = end
        return new

    def rest(self, text: str) -> str:
        """What is missing from the text that counts in the end; nothing where more has left than it has."""
        return text[self._told :] if text.startswith(self.told) else ""

    def _is_allowed(self, text: str) -> bool:
        if self._policy is None:
            return True
        fragment = Fragment(self._request.prefix, text, "", self._request.language)
        return not judge(fragment, self._policy).withhold


def withholding(policy: SafetyPolicy) -> SafetyPolicy | None:
    """Only those checks of a policy that keep a candidate from being shown; None where there is none."""
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
