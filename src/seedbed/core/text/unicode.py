"""Texts of requests: what cannot be written as UTF-8 is none."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def checked(text: str) -> str:
    """The text. Raises: ValueError for half of a surrogate pair, which JSON can say and no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair; a text is wanted") from None
    return text


Text = Annotated[str, AfterValidator(checked)]
