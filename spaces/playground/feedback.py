"""What became of a suggestion, kept only where the visitor said yes."""

from __future__ import annotations

import logging

from pydantic import ValidationError
from requests import Turn

from seedbed.core.errors import InputError
from seedbed.serving.feedback import FeedbackEvent, Sink
from seedbed.serving.feedback.event import Action

NOT_KEPT = "Nothing was kept: there was no consent."
_LOG = logging.getLogger(__name__)


class Keeper:
    """Events of this playground."""

    def __init__(self, sink: Sink, model: str) -> None:
        self._sink, self._model = sink, model

    def shown(self, turn: Turn, *, consent: bool) -> None:
        """All candidates that a visitor sees. What cannot be kept is told when they decide."""
        if not consent:
            return
        try:
            for number, candidate in enumerate(turn.candidates):
                if candidate.text:
                    self._sink.add(self._event(turn, number, "shown", ""))
        except OSError as error:
            _LOG.error("feedback is not kept: %s", error.strerror)

    def decided(self, turn: Turn, number: int, action: Action, *, consent: bool, final: str = "") -> str:
        """One decision. Returns: what became of it, for the visitor."""
        if not consent:
            return NOT_KEPT
        try:
            self._sink.add(self._event(turn, number, action, final))
        except OSError as error:
            return f"It could not be kept: {error.strerror}."
        return "Kept, with your consent."

    def told(self, event: FeedbackEvent) -> bool:
        """An event that a program sends. Returns: whether it is new. Raises: InputError when it cannot be kept."""
        try:
            return self._sink.add(event.model_copy(update={"model": self._model}))
        except OSError as error:
            raise InputError(f"feedback: could not be kept: {error.strerror}.") from error

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
    """What a program sent. Raises: InputError for what is no event."""
    try:
        return FeedbackEvent.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
