"""What became of suggestions: kept with consent, without credentials, once."""

from seedbed.feedback.event import FeedbackEvent, Sink, without_secrets
from seedbed.feedback.file import FeedbackFile
from seedbed.feedback.read import KeptEvent, Outcome, outcomes, read_events

__all__ = ["FeedbackEvent", "FeedbackFile", "KeptEvent", "Outcome", "Sink", "outcomes", "read_events", "without_secrets"]
