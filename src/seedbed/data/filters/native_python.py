"""What Python's own parser says, and whether a file it refuses is Python 2."""

from __future__ import annotations

import re
import symtable
import warnings
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from seedbed.core.syntax import token_class, walk

if TYPE_CHECKING:
    from seedbed.core.syntax import Parsed

_STRING: Final = token_class("string")

NativeVerdict = Literal["ok", "python2", "error"]

_BYTE_ORDER_MARK: Final = "\ufeff"

_STATEMENTS_OF_2: Final = np.array([token_class(token) for token in ("print", "exec", "<>")], dtype=np.uint32)
"""Tokens that the grammar knows only as Python 2: print and exec statements, the other inequality."""

_WORDS_OF_3: Final = np.array([token_class(token) for token in ("async", "await", "nonlocal", ":=")], dtype=np.uint32)

_FORMS_OF_2: Final = re.compile(
    r"""
      ^[ \t]* except \s+ (?: [\w.]+ | \([^()]*\) ) \s* , \s* \w+ \s* :   # except X, e:
    | ^[ \t]* raise \s+ [\w.]+ \s* , \s* \S                             # raise X, "message"
    | (?<![\w.]) 0 [0-7]* [1-7] [0-7]* [lL]? \b (?!\.)                  # 0777
    | (?<![\w.]) (?: \d+ | 0[xX][0-9a-fA-F]+ ) [lL] \b                  # 10L
    | (?<![\w"']) [uU][rR] ["']                                         # ur"..."
    | (?<!`) ` [^`\n]+ ` (?!`)                                          # `x` for repr(x)
    | ^[ \t]* def \s+ \w+ \s* \( [^()]* \(                              # def f(a, (b, c)):
    """,
    re.VERBOSE | re.MULTILINE,
)
"""Forms of Python 2 that Python 3 refuses; looked for only outside strings and comments."""


def native_error(text: str) -> str | None:
    """The complaint of this interpreter's parser, or None when it accepts the text (or is no judge of it).

    Building the symbol table parses as `ast.parse` does, at half the cost since no Python objects are made.
    A text nested too deep for the parser is not refused: Python reads it given more stack.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            symtable.symtable(text.removeprefix(_BYTE_ORDER_MARK), "sample", "exec")
        except (RecursionError, MemoryError):
            return None
        except SyntaxError as error:
            return f"line {error.lineno}: {error.msg}"
        except ValueError as error:
            return str(error)
    return None


def judge_python(parsed: Parsed, error: str | None) -> NativeVerdict:
    """Word for the native parser's answer: a refused text with evidence of Python 2, and none of 3, is named so."""
    if error is None:
        return "ok"
    kinds = walk(parsed).kinds
    if np.isin(kinds, _WORDS_OF_3).any():
        return "error"
    is_python2 = bool(np.isin(kinds, _STATEMENTS_OF_2).any()) or _FORMS_OF_2.search(_code_only(parsed)) is not None
    return "python2" if is_python2 else "error"


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
