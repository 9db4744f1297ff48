"""Reads events from a folder or a dataset on a Hub, and the outcome of each suggestion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from seedbed.core.errors import InputError
from seedbed.core.text.decoding import Text
from seedbed.serving.feedback.event import FeedbackEvent
from seedbed.serving.feedback.file import EVENTS, whole_lines

FILES: Final = f"{EVENTS}/*.jsonl"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)


class KeptEvent(FeedbackEvent):
    """An event as it is stored. time: arrival, in seconds since 1970. Texts have no limit here: a redaction may be longer."""

    time: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    consent: Literal[True]
    shown: Text = ""
    final: Text = ""
    prefix: Text = ""
    suffix: Text = ""
    path: Text = ""
    language: Text = ""
    model: Text = ""
    completion_id: Text = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A person's last action on a suggestion.

    text: the result: the suggestion, the edited text, or "" where it was rejected; event: the event of that action.
    """

    action: Literal["accepted", "edited", "rejected"]
    text: str
    event: FeedbackEvent


def read_events(source: Path | str) -> list[KeptEvent]:
    """All events of a feedback folder or of a dataset on a Hub (OWNER/NAME), each id once, in the order of their arrival.

    The folder may be in use; an incomplete last line is skipped.
    Raises: InputError for any other source, and for an invalid line; HubAccessError for a Hub that cannot be read.
    """
    folder = Path(source)
    if not folder.is_dir():
        folder = _downloaded(str(source))
    elif not (folder / EVENTS).is_dir():
        raise InputError(f"{folder}: no feedback folder: {EVENTS} is missing in it. Allowed: a folder of --feedback.")
    events = [event for path in sorted(folder.glob(FILES)) for event in _events(path)]
    events.sort(key=lambda event: event.time)
    return list({event.id: event for event in reversed(events)}.values())[::-1]


def outcomes(events: Sequence[FeedbackEvent]) -> list[Outcome]:
    """The last action on each suggestion, in the order of these actions. A suggestion that was only shown has no outcome.

    A suggestion is identified by its text and its completion_id, or, without an id, by its text and the surrounding text.
    """
    last: dict[tuple[str, ...], Outcome] = {}
    for event in events:
        if event.action == "shown":
            continue
        key = _suggestion(event)
        last.pop(key, None)
        texts = {"accepted": event.shown, "edited": event.final, "rejected": ""}
        last[key] = Outcome(event.action, texts[event.action], event)
    return list(last.values())


def _suggestion(event: FeedbackEvent) -> tuple[str, ...]:
    place = (event.completion_id,) if event.completion_id else (event.path, event.prefix, event.suffix)
    return (*place, event.shown)


def _events(path: Path) -> Iterator[KeptEvent]:
    for number, line in enumerate(whole_lines(path), 1):
        try:
            yield KeptEvent.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_input=False, include_context=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            problem = f"{where}: {first['msg']}" if where else first["msg"]
            raise InputError(f"{EVENTS}/{path.name}: line {number}: {problem}. See docs/how-to/feedback.md.") from None


def _downloaded(repo_id: str) -> Path:
    """Download the files of a dataset. Returns: their folder in the client's cache."""
    if not _REPOSITORY.fullmatch(repo_id):
        raise InputError(f"{repo_id}: no such folder. Allowed: a feedback folder, or OWNER/NAME of a dataset on a Hub.")
    from seedbed.serving.feedback.remote import download

    return download(repo_id)
