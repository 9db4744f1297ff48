"""Events of feedback: what a person did with a suggestion. Stored only with consent, and without credentials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from seedbed.core.text.credentials import PRIVATE_KEY_START, Secret, find_secrets
from seedbed.core.text.decoding import Text

Action = Literal["shown", "accepted", "edited", "rejected"]
Short = Annotated[Text, Field(max_length=300)]
Long = Annotated[Text, Field(max_length=200_000)]


class FeedbackEvent(BaseModel):
    """One event. `id` is chosen by the sender; an event that is sent twice counts once.

    consent: true, or nothing is stored; prefix, suffix: the text around the suggestion; shown: the suggestion; final: the text
    after it was edited; completion_id: of the answer with the suggestion.
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
    """Stores events."""

    def add(self, event: FeedbackEvent) -> bool:
        """Store an event durably before returning.

        Returns: whether it is new. Raises: OSError when it cannot be stored.
        """

    def waiting(self) -> int:
        """Number of stored events that are still to be sent."""

    def close(self) -> None:
        """Stop accepting events."""


def without_secrets(event: FeedbackEvent) -> FeedbackEvent:
    """The event with credentials replaced, including those that only show where suggestion and surrounding text meet."""
    before, shown, behind = redacted([event.prefix, event.shown, event.suffix])
    earlier, final, later = redacted([event.prefix, event.final, event.suffix])
    both = redacted([before, event.final, behind])
    prefix = _merged(event.prefix, before, earlier, both[0])
    suffix = _merged(event.suffix, behind, later, both[2])
    path, completion_id, language, model = (
        redacted([text])[0] for text in (event.path, event.completion_id, event.language, event.model)
    )
    changed = {"prefix": prefix, "shown": shown, "suffix": suffix, "final": final, "path": path}
    return event.model_copy(update={**changed, "completion_id": completion_id, "language": language, "model": model})


def _merged(text: str, shown: str, edited: str, both: str) -> str:
    """A surrounding text, redacted for the suggestion, for the edited text, or for both."""
    if text in (shown, edited):
        return edited if shown == text else shown
    return shown if shown == edited else both


_MAX_ROUNDS = 5
"""The scanner reports a repeated credential once, so the text is scanned again; after this many rounds all of it is removed."""

_KEY_RULE, _KEY_END = "private_key", "-----END"


def redacted(parts: Sequence[str]) -> list[str]:
    """Replace every line with a credential in adjacent texts of one file, also a credential that spans two of them.

    >>> redacted(["password = 'Xk29", "vPq81ZtLw4Rm7Yc3'", "", "rest"])
    ['[redacted: assignment]', '[redacted: assignment]', '', '[redacted: assignment]']
    """
    parts = list(parts)
    for _ in range(_MAX_ROUNDS):
        secrets = list(_secrets("".join(parts)))
        if not secrets:
            return parts
        parts = _without(parts, secrets)
    return ["[redacted]" if part else "" for part in parts]


def _secrets(text: str) -> Iterator[Secret]:
    yield from find_secrets(text)
    yield from (Secret(_KEY_RULE, text.count("\n", 0, key.start()) + 1) for key in PRIVATE_KEY_START.finditer(text))


def _without(parts: Sequence[str], secrets: Sequence[Secret]) -> list[str]:
    spans = list(_spans("".join(parts), secrets))
    ends = list(accumulate(map(len, parts)))
    return [_cut(part, end - len(part), spans) for part, end in zip(parts, ends, strict=True)]


def _spans(text: str, secrets: Sequence[Secret]) -> Iterator[tuple[int, int, str]]:
    """Start and end of each line with a credential, and the rule; a private key goes up to its last line."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    taken = 0
    for secret in sorted(secrets, key=lambda secret: (secret.line, secret.rule != _KEY_RULE)):
        first, last = starts[secret.line - 1], starts[secret.line] - 1
        if secret.rule == _KEY_RULE:
            closing = text.find(_KEY_END, first)
            last = len(text) if closing < 0 else (text + "\n").index("\n", closing)
        if first >= taken:
            yield first, last, secret.rule
            taken = last


def _cut(part: str, start: int, spans: Sequence[tuple[int, int, str]]) -> str:
    """One of the texts with its part of each span replaced. start: its first character in the joined text."""
    kept, at = [], 0
    for first, last, rule in spans:
        here, there = max(first - start, at), min(last - start, len(part))
        if here < there:
            kept += [part[at:here], f"[redacted: {rule}]"]
            at = there
    return "".join([*kept, part[at:]])
