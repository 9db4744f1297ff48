"""What became of a suggestion, told by whoever saw it: kept only with their consent, and without credentials."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from seedbed.core.text.unicode import Text
from seedbed.serving.feedback.redaction import redacted

Action = Literal["shown", "accepted", "edited", "rejected"]
Short = Annotated[Text, Field(max_length=300)]
Long = Annotated[Text, Field(max_length=200_000)]


class FeedbackEvent(BaseModel):
    """One event. `id` is the sender's: sent twice, it counts once.

    consent: true, or nothing is kept; prefix, suffix: the text around the suggestion; shown: the suggestion; final: what stands
    there after it was edited; completion_id: of the answer that it came with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
    consent: StrictBool
    action: Action
    shown: Long = ""
    final: Long = ""
    prefix: Long = ""
    suffix: Long = ""
    path: Short = ""
    language: Short = ""
    model: Short = ""
    completion_id: Short = ""


class Sink(Protocol):
    """Where events go."""

    def add(self, event: FeedbackEvent) -> bool:
        """Keep an event for good before returning. Returns: whether it is new. Raises: OSError when it cannot be kept."""

    def waiting(self) -> int:
        """Events that are kept, and have further to go."""

    def close(self) -> None:
        """No event comes any more."""


def without_secrets(event: FeedbackEvent) -> FeedbackEvent:
    """The event with credentials replaced, those too that only the suggestion in its place shows."""
    before, shown, behind = redacted([event.prefix, event.shown, event.suffix])
    earlier, final, later = redacted([event.prefix, event.final, event.suffix])
    both = redacted([before, event.final, behind])
    prefix = _in_both(event.prefix, before, earlier, both[0])
    suffix = _in_both(event.suffix, behind, later, both[2])
    path, completion_id, language, model = (
        redacted([text])[0] for text in (event.path, event.completion_id, event.language, event.model)
    )
    changed = {"prefix": prefix, "shown": shown, "suffix": suffix, "final": final, "path": path}
    return event.model_copy(update={**changed, "completion_id": completion_id, "language": language, "model": model})


def _in_both(text: str, shown: str, edited: str, both: str) -> str:
    """A text around a suggestion without what is a credential with the suggestion, with what it was edited to, or with either."""
    if text in (shown, edited):
        return edited if shown == text else shown
    return shown if shown == edited else both
