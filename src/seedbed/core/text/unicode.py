"""A pydantic type for text that is encodable as UTF-8."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def checked(text: str) -> str:
    """The text. Raises: ValueError if it is not encodable as UTF-8: JSON can carry half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair; a text is wanted") from None
    return text


Text = Annotated[str, AfterValidator(checked)]
