"""A completion does not repeat the text behind the cursor."""

from __future__ import annotations

from typing import Final

from seedbed.serving.completion.postprocess.place import Place

_MAX_CHARACTERS: Final = 2000
"""Characters of the text behind the cursor that are compared."""

_MIN_CHARACTERS: Final = 3
"""A shorter overlap is no repetition: brackets follow each other for good reasons."""


def drop_suffix(text: str, place: Place) -> str:
    """Drop an end of the text that the suffix begins with, then last lines that are the first lines of the suffix."""
    behind = place.suffix[:_MAX_CHARACTERS]
    if not behind.strip() or not text.strip():
        return text
    return _without_lines(_without_end(text, behind), behind)


def settled_suffix(text: str, place: Place) -> str:
    """The part of a text being written that cannot become a repetition of the suffix."""
    behind = place.suffix[:_MAX_CHARACTERS]
    if not behind.strip():
        return text
    body, start = text.rstrip(), behind.lstrip()
    for at in range(max(0, len(body) - len(start)), len(body)):
        if start.startswith(body[at:]):
            text = text[:at]
            break
    return _before_repeated_lines(text, behind)


def _without_end(text: str, behind: str) -> str:
    """Cut the longest end of the text that the suffix begins with, ignoring white space between them."""
    start = behind.lstrip()
    body = text.rstrip()
    for size in range(min(len(body), len(start)), 0, -1):
        end = body[len(body) - size :]
        if start.startswith(end) and (len(end.strip()) >= _MIN_CHARACTERS or _closes_the_line(end, behind)):
            kept = body[: len(body) - size]
            return kept.rstrip() if behind[0] in "\r\n" else kept.rstrip(" \t")
    return text


def _closes_the_line(end: str, behind: str) -> bool:
    """Whether it is closing punctuation that stands directly behind the cursor."""
    return all(character in ")]}\"';,:" for character in end) and behind.startswith(end)


def _without_lines(text: str, behind: str) -> str:
    """Cut from the first line from which all lines are the first lines of the suffix."""
    expected = _content(behind.split("\n"))
    lines = text.splitlines(keepends=True)
    for number in range(1, len(lines)):
        rest = _content(lines[number:])
        if rest and len("".join(rest)) >= _MIN_CHARACTERS and expected[: len(rest)] == rest:
            return "".join(lines[:number]).rstrip()
    return text


def _before_repeated_lines(text: str, behind: str) -> str:
    """Whole lines before the first one from which all lines may become the first lines of the suffix."""
    expected = _content(behind.split("\n"))
    lines = text.splitlines(keepends=True)
    for number in range(1, len(lines)):
        *rest, last = _content(lines[number:]) or [""]
        size = len(rest)
        if last and expected[:size] == rest and size < len(expected) and expected[size].startswith(last):
            return "".join(lines[:number])
    return text


def _content(lines: list[str]) -> list[str]:
    """Lines that are not blank, without the white space around them."""
    return [line.strip() for line in lines if line.strip()]
