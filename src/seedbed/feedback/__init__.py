"""What became of suggestions: kept with consent, without credentials, once."""

from seedbed.feedback.event import FeedbackEvent, Sink, without_secrets
from seedbed.feedback.file import FeedbackFile

__all__ = ["FeedbackEvent", "FeedbackFile", "Sink", "without_secrets"]
