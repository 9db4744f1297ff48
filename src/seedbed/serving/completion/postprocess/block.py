"""A completion ends with the block around the cursor."""

from __future__ import annotations

from seedbed.core.syntax import named
from seedbed.serving.completion.lexing import first_unopened, open_brackets
from seedbed.serving.completion.postprocess.place import Place, width


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
