"""What speaks against taking a candidate: known weaknesses, credentials, and what an organisation does not want used."""

from seedbed.completion.safety.judge import Verdict, judge, preload
from seedbed.completion.safety.policy import SafetyPolicy, load_policy

__all__ = ["SafetyPolicy", "Verdict", "judge", "load_policy", "preload"]
