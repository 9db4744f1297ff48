"""What became of suggestions: kept with consent, without credentials, once."""

from seedbed.feedback.event import FeedbackEvent, Sink, without_secrets
from seedbed.feedback.file import FeedbackFile
from seedbed.feedback.opening import open_feedback
from seedbed.feedback.read import KeptEvent, Outcome, outcomes, read_events

__all__ = [
    "FeedbackEvent",
    "FeedbackFile",
    "KeptEvent",
    "Outcome",
    "Sink",
    "open_feedback",
    "outcomes",
    "read_events",
    "without_secrets",
]
