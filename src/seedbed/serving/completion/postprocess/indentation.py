"""A completion is indented like the text that it continues."""

from __future__ import annotations

from seedbed.serving.completion.postprocess.place import Place, indentation, width


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
