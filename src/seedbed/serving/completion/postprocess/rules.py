"""Rules that cut a completion: repetition, indentation, the end of its block, and text that the suffix repeats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from seedbed.core.syntax import named
from seedbed.models.inference.backend import FinishReason
from seedbed.serving.completion.lexing import first_unopened, open_brackets


@dataclass(frozen=True)
class Place:
    """The text before and behind a completion, its language (display name, "" where unknown), and why the model stopped;
    None while it still writes.
    """

    prefix: str
    suffix: str
    language: str
    finish_reason: FinishReason | None

    @cached_property
    def line_before(self) -> str:
        """The cursor's line up to the cursor."""
        return self.prefix.rpartition("\n")[2]

    @cached_property
    def last_written_line(self) -> str:
        """The last line before the cursor that is not blank, which may be the cursor's own."""
        return next((line for line in reversed(self.prefix[-5000:].split("\n")) if line.strip()), "")


def indentation(line: str) -> str:
    """Leading white space of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def width(line: str) -> int:
    """Width of a line's indentation in columns; tab stops are every 8 columns."""
    return len(indentation(line).expandtabs(8))


def keep_indentation(text: str, place: Place) -> str:
    """The text with the file's kind of indentation, and without indentation that the cursor's line already has."""
    return _not_twice(_of_one_kind(text, place), place)


def _not_twice(text: str, place: Place) -> str:
    """Drop the indentation of the first line where the cursor's line already has it."""
    line = text.partition("\n")[0]
    if place.line_before.strip() or not place.line_before or not line.strip() or not indentation(line):
        return text
    opener = place.last_written_line
    deeper = opener.rstrip().endswith((":", "{", "(", "["))
    is_there = width(place.line_before) > width(opener) if deeper else width(place.line_before) >= width(opener)
    return text[len(indentation(line)) :] if is_there else text


def _of_one_kind(text: str, place: Place) -> str:
    """Tabs in a file with tabs, spaces in a file with spaces, where the file has only one kind."""
    if "\t" not in text and "\n " not in text:
        return text
    first, *rest = text.split("\n")
    kinds = {indentation(line)[:1] for line in place.prefix[-20_000:].split("\n")} - {""}
    if kinds == {"\t"}:
        return "\n".join([first, *(_with_tabs(line) for line in rest)])
    if kinds == {" "}:
        return "\n".join([first, *(indentation(line).expandtabs(4) + line.lstrip(" \t") for line in rest)])
    return text


def _with_tabs(line: str) -> str:
    """Replace spaces by tabs, four spaces for each."""
    spaces = indentation(line)
    if "\t" in spaces or not spaces:
        return line
    return "\t" * max(1, len(spaces) // 4) + line.lstrip(" \t")


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


def end_of_block(text: str, place: Place) -> str:
    """The text up to the end of the innermost block: by indentation or by brackets, as its language has it."""
    if not text.strip():
        return text
    return _dedented(text, place) if named(place.language).blocks == "indentation" else _balanced(text, place)


def settled_block(text: str, place: Place) -> str:
    """The part of a text being written that belongs to the block, whatever follows."""
    if named(place.language).blocks == "indentation":
        return end_of_block(text, place)
    at = first_unopened(text, place.language)
    return text if at is None else text[:at]


def _dedented(text: str, place: Place) -> str:
    """Cut before the first line that is indented less than the block. Within an open bracket, indentation means nothing."""
    least = _least_width(place)
    if not least or open_brackets(place.prefix, place.language):
        return text
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines[1:], start=1):
        stays = not line.strip() or line.lstrip()[0] in ")]}" or width(line) >= least
        if not stays:
            return "".join(lines[:number]).rstrip() + "\n"
    return text


def _least_width(place: Place) -> int:
    """Least indentation of a line of the block, in columns."""
    if place.line_before.strip():
        header = place.line_before.rstrip().endswith(":")
        return width(place.line_before) + (1 if header else 0)
    opener = place.last_written_line
    if opener.rstrip().endswith(":"):
        return width(opener) + 1
    return width(place.line_before) or width(opener)


def _balanced(text: str, place: Place) -> str:
    """Cut behind the bracket that closes the block around the cursor, or before it where the suffix closes the block."""
    at = first_unopened(text, place.language)
    if at is None:
        return text
    closer = text[at]
    if place.suffix.lstrip().startswith(closer):
        return text[:at].rstrip() if place.suffix[:1] in "\r\n" else text[:at].rstrip(" \t")
    return text[: at + 1] + _rest_of_statement(text[at + 1 :], closer)


def _rest_of_statement(rest: str, closer: str) -> str:
    """What belongs to the closing bracket: the rest of its line, or only further closing characters behind `}`."""
    line = rest.partition("\n")[0]
    if closer == "}":
        kept = len(line) - len(line.lstrip(";,)"))
        return line[:kept]
    return line


_MAX_ROUND_LINES: Final = 6
"""Longest run of lines that counts as one round."""

_ROUNDS_OF_LINES: Final = 2
"""Further rounds of lines that make a repetition; fewer are an ordinary list."""

_MAX_ROUND_CHARACTERS: Final = 24
_ROUNDS_OF_CHARACTERS: Final = 7
"""Further rounds of characters that make a repetition."""

_CHARACTERS: Final = re.compile(rf"(.{{1,{_MAX_ROUND_CHARACTERS}}}?)\1{{{_ROUNDS_OF_CHARACTERS},}}", re.DOTALL)
_RULER: Final = re.compile(r"[-=*#~_/. \t\n]+")
"""Rulers and white space may repeat."""


def cut_repetition(text: str, place: Place) -> str:  # noqa: ARG001 - all rules have one signature
    """The text up to the end of the first round of what it repeats."""
    return _cut_lines(_cut_characters(text))


def settled_characters(text: str) -> str:
    """The part of a text being written that is no second round of characters, and cannot become one.

    White space at its end may still become one; it tells that a line is complete.
    """
    end = len(text) - _repeated_characters(text)
    return _cut_characters(text)[: len(text) if text[end:].isspace() else end]


def settled_lines(text: str) -> str:
    """The part of a text being written, of whole lines, that is no second round of lines, and cannot become one."""
    lines = text.splitlines(keepends=True)
    first_round = "".join(lines[: len(lines) - _repeated_lines(text)])
    return min(_cut_lines(text), first_round, key=len)


def _cut_characters(text: str) -> str:
    for repetition in _CHARACTERS.finditer(text):
        if not _RULER.fullmatch(repetition.group(1)):
            return text[: repetition.start() + len(repetition.group(1))]
    return text


def _cut_lines(text: str) -> str:
    """Blank lines and single brackets may repeat."""
    lines = text.splitlines(keepends=True)
    stripped = [line.strip() for line in lines]
    for start in range(len(lines)):
        for size in range(1, _MAX_ROUND_LINES + 1):
            first = stripped[start : start + size]
            following = stripped[start + size : start + size * (_ROUNDS_OF_LINES + 1)]
            if _is_a_round(first) and following == first * _ROUNDS_OF_LINES:
                return "".join(lines[: start + size])
    return text


def _is_a_round(stripped: list[str]) -> bool:
    return any(len(line) > 2 for line in stripped)


def _repeated_characters(text: str) -> int:
    """Characters at the end that equal those one round before, for the round length for which they are most."""
    longest = 0
    for period in range(1, _MAX_ROUND_CHARACTERS + 1):
        most, size = min(len(text) - period, _ROUNDS_OF_CHARACTERS * period), 0
        while size < most and text[-1 - size] == text[-1 - size - period]:
            size += 1
        start = len(text) - size
        if size > longest and not _RULER.fullmatch(text[start - period : start]):
            longest = size
    return longest


def _repeated_lines(text: str) -> int:
    """Lines at the end that equal those one round before, likewise."""
    stripped = [line.strip() for line in text.splitlines()]
    longest = 0
    for period in range(1, _MAX_ROUND_LINES + 1):
        size = 0
        while size < len(stripped) - period and stripped[-1 - size] == stripped[-1 - size - period]:
            size += 1
        start = len(stripped) - size
        if size > longest and _is_a_round(stripped[start - period : start]):
            longest = size
    return longest
