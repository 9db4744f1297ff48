"""Stores what visitors did with suggestions, only with their consent."""

from __future__ import annotations

import logging

from pydantic import ValidationError
from requests import Turn

from seedbed.core.errors import InputError
from seedbed.serving.feedback import FeedbackEvent, Sink
from seedbed.serving.feedback.event import Action

NOT_STORED = "Nothing was stored: you have not given consent."
_LOG = logging.getLogger(__name__)


class FeedbackRecorder:
    """Records the events of this playground."""

    def __init__(self, sink: Sink, model: str) -> None:
        self._sink, self._model = sink, model

    def record_shown(self, turn: Turn, *, consent: bool) -> None:
        """Record all candidates that a visitor sees. An error is logged; the visitor hears of it when they decide."""
        if not consent:
            return
        try:
            for number, candidate in enumerate(turn.candidates):
                if candidate.text:
                    self._sink.add(self._event(turn, number, "shown", ""))
        except OSError as error:
            _LOG.error("feedback is not stored: %s", error.strerror)

    def record_decision(self, turn: Turn, number: int, action: Action, *, consent: bool, final: str = "") -> str:
        """Record one decision. Returns: the result, as a sentence for the visitor."""
        if not consent:
            return NOT_STORED
        try:
            self._sink.add(self._event(turn, number, action, final))
        except OSError as error:
            return f"It could not be stored: {error.strerror}."
        return "Stored, with your consent."

    def record(self, event: FeedbackEvent) -> bool:
        """Record an event that a program sends.

        Returns: whether it is new. Raises: InputError when it cannot be stored.
        """
        try:
            return self._sink.add(event.model_copy(update={"model": self._model}))
        except OSError as error:
            raise InputError(f"feedback: could not be stored: {error.strerror}.") from error

    def _event(self, turn: Turn, number: int, action: Action, final: str) -> FeedbackEvent:
        return FeedbackEvent(
            id=f"{turn.id}.{number}.{action}",
            consent=True,
            action=action,
            shown=turn.candidates[number].text,
            final=final,
            prefix=turn.request.prefix,
            suffix=turn.request.suffix,
            language=turn.request.language,
            model=self._model,
            completion_id=turn.id,
        )


def event_of(fields: dict[str, object]) -> FeedbackEvent:
    """An event from the fields that a program sent. Raises: InputError for fields that are not allowed."""
    try:
        return FeedbackEvent.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
