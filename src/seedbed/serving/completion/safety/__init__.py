"""What speaks against taking a candidate: known weaknesses, credentials, and what an organisation does not want used."""

from seedbed.serving.completion.safety.judge import Verdict, judge, preload
from seedbed.serving.completion.safety.policy import SafetyPolicy, load_policy

__all__ = ["SafetyPolicy", "Verdict", "judge", "load_policy", "preload"]
