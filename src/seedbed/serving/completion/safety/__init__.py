"""Safety checks of candidates: known weaknesses, credentials, and modules and calls that a policy denies."""

from seedbed.serving.completion.safety.judge import Verdict, judge, preload
from seedbed.serving.completion.safety.policy import SafetyPolicy, load_policy

__all__ = ["SafetyPolicy", "Verdict", "judge", "load_policy", "preload"]
