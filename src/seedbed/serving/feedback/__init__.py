"""Feedback on suggestions: stored with consent, without credentials, each event once."""

from seedbed.serving.feedback.event import FeedbackEvent, Sink, without_secrets
from seedbed.serving.feedback.file import FeedbackFile
from seedbed.serving.feedback.read import KeptEvent, Outcome, outcomes, read_events
from seedbed.serving.feedback.sync import open_feedback

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
