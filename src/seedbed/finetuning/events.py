"""Completions that visitors accepted, with the code around them: the input of fine-tuning."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from seedbed.core.syntax import LANGUAGES, language_of
from seedbed.core.syntax.fingerprint import content_hash
from seedbed.serving.completion.request import Fragment
from seedbed.serving.feedback import Outcome, without_secrets

_LINES_OF_A_PLACE: Final = 3
_REDACTED: Final = re.compile(r"\[redacted(?:: \w+)?\]")


@dataclass(frozen=True)
class Accepted:
    """One event: the accepted text, and the text before and after it; `language` is a display name or empty."""

    id: str
    action: str
    text: str
    prefix: str = ""
    suffix: str = ""
    path: str = ""
    language: str = ""

    @property
    def fragment(self) -> Fragment:
        """The text with its context. Not cached: it keeps its syntax tree, and there are many events."""
        return Fragment(self.prefix, self.text, self.suffix, self.language)

    @property
    def line(self) -> str:
        """What stands before the text in its line, and the text."""
        return self.prefix.rpartition("\n")[2] + self.text

    @cached_property
    def place(self) -> str:
        """What makes two events those of one place, hexadecimal: the last lines above that say something, and the language.

        Not the line of the cursor, which grows while somebody types.
        """
        above = [line for line in self.prefix.rpartition("\n")[0].splitlines() if line.strip()]
        return content_hash("\n".join([self.language, *above[-_LINES_OF_A_PLACE:]]))


def accepted_of(outcome: Outcome) -> Accepted:
    """What became of a suggestion; credentials are looked for once more, since a file may have come from elsewhere."""
    event = without_secrets(outcome.event)
    text = {"accepted": event.shown, "edited": event.final, "rejected": ""}[outcome.action]
    language = _by_editor(event.language.strip().lower()) or language_of(event.path)
    return Accepted(event.id, outcome.action, text, event.prefix, event.suffix, event.path, language)


def _by_editor(name: str) -> str:
    """Display name of a language that an editor calls so; "" for another."""
    return next((each.name for each in LANGUAGES.values() if name in (each.name.lower(), *each.editor_ids)), "")


def without_redacted_lines(event: Accepted) -> Accepted | None:
    """The event without the lines of its surroundings that were redacted; None where they are in the text or reach the cursor."""
    before, behind = _parts(event.prefix, at_end=True), _parts(event.suffix, at_end=False)
    if any(map(_is_redacted, (event.text, before[1], behind[1]))):
        return None
    kept = ["".join(line for line in lines if not _is_redacted(line)) for lines in (before[0], behind[0])]
    return replace(event, prefix=kept[0] + before[1], suffix=behind[1] + kept[1])


def _parts(text: str, *, at_end: bool) -> tuple[list[str], str]:
    """Whole lines, and the line that the cursor is in."""
    lines = text.splitlines(keepends=True)
    if at_end:
        return (lines, "") if not lines or lines[-1].endswith("\n") else (lines[:-1], lines[-1])
    return lines[1:], "".join(lines[:1])


def _is_redacted(text: str) -> bool:
    return bool(_REDACTED.search(text))
