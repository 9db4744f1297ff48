"""Verdict of a language's own parser, and whether a file that it rejects is in an older version of the language."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np

from seedbed.core.syntax import token_class, walk

if TYPE_CHECKING:
    import re

    import numpy.typing as npt

    from seedbed.core.syntax import Parsed
    from seedbed.core.syntax.language import OlderVersion

_STRING: Final = token_class("string")

OK, ERROR = "ok", "error"


def native_verdict(parsed: Parsed, error: str | None, older: OlderVersion | None) -> str:
    """`ok`, `error`, or the name of the older version: a refused text shows what only that has, and nothing newer."""
    if error is None:
        return OK
    if older is None:
        return ERROR
    kinds = walk(parsed).kinds
    if np.isin(kinds, _classes(older.newer_tokens)).any():
        return ERROR
    is_older = bool(np.isin(kinds, _classes(older.tokens)).any()) or _has_form(parsed, older.forms)
    return older.name if is_older else ERROR


@functools.cache
def _classes(tokens: tuple[str, ...]) -> npt.NDArray[np.uint32]:
    return np.array([token_class(token) for token in tokens], dtype=np.uint32)


def _has_form(parsed: Parsed, forms: re.Pattern[str]) -> bool:
    return forms.search(_code_only(parsed)) is not None


def _code_only(parsed: Parsed) -> str:
    """The source with comments and the insides of strings blanked; line ends stay."""
    tokens, letters = walk(parsed), np.frombuffer(parsed.source, dtype=np.uint8)
    is_string = (tokens.kinds == _STRING) & (letters[tokens.starts] != ord("`"))
    # Of a string only its first bytes stay, the prefix and the quote; of a backquoted repr everything.
    ends = np.where(is_string, np.minimum(tokens.ends, tokens.starts + 3), tokens.ends)
    kept = np.zeros(len(letters) + 1, dtype=np.int32)
    np.add.at(kept, tokens.starts, 1)
    np.add.at(kept, ends, -1)
    stays = (np.cumsum(kept[:-1]) > 0) | (letters == ord("\n"))
    return np.where(stays, letters, ord(" ")).astype(np.uint8).tobytes().decode("utf-8", "replace")
