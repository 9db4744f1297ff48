"""Feedback on suggestions: stored with consent, without credentials, each event once."""

from seedbed.serving.feedback.event import FeedbackEvent, Sink, without_secrets
from seedbed.serving.feedback.factory import open_feedback
from seedbed.serving.feedback.file import FeedbackFile
from seedbed.serving.feedback.read import KeptEvent, Outcome, outcomes, read_events

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
