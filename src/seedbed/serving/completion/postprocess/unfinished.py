"""A last line that the model had no tokens left for is left out, where there are lines before it."""

from __future__ import annotations

from seedbed.serving.completion.postprocess.position import Place


def whole_lines(text: str, place: Place) -> str:
    """The text up to its last line end where it was cut off by its length."""
    if place.finish_reason != "length":
        return text
    head, end, last = text.rpartition("\n")
    return head if end and head.strip() and last.strip() else text
