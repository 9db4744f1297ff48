"""Syntax: the share of a source that does not parse, and the verdict of Python's own parser."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from datatrove.data import Document

from seedbed.core.config.recipe import Limit, Share
from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.core.syntax import Parsed, error_ratio, missing_nodes, named, parse, token_class, walk

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


@dataclass(frozen=True, slots=True)
class SyntaxMeasures:
    """What the parsers report on a file.

    error_ratio: bytes under ERROR nodes and MISSING nodes over all bytes, 0 to 1.
    missing_nodes: nodes that tree-sitter had to invent.
    native: `ok`, `error` or the name of an older version, by the language's own parser; None without one.
    native_error: its error, with the line.
    """

    error_ratio: float
    missing_nodes: int
    native: str | None = None
    native_error: str | None = None

    @property
    def clean(self) -> bool:
        """Tree-sitter reports no error."""
        return self.error_ratio == 0 and self.missing_nodes == 0

    @property
    def disagrees(self) -> bool:
        """One parser accepts what the other rejects."""
        return self.native is not None and self.clean != (self.native == OK)

    @property
    def valid(self) -> bool:
        """Every parser accepts it."""
        return self.clean and self.native in {None, OK}


def measure_syntax(text: str, parsed: Parsed) -> SyntaxMeasures:
    """What the parsers report on a text.

    >>> parsed = parse("print 'x'", "Python")
    >>> measure_syntax("print 'x'", parsed).native
    'python2'
    """
    native = named(parsed.language).native
    if native is None:
        return SyntaxMeasures(error_ratio(parsed), missing_nodes(parsed))
    error = native.error(text)
    return SyntaxMeasures(error_ratio(parsed), missing_nodes(parsed), native_verdict(parsed, error, native.older), error)


class SyntaxFilter(Filter):
    """Rejects what does not parse, `syntax_errors`, and older versions, `python2`; writes the syntax columns.

    A language without a grammar is left to the filters before this one: nothing is measured, and it is not called valid.

    Args:
        max_error_ratio: largest share of bytes that tree-sitter may fail on, 0 to 1; C and C++ need some for macros
            that look like no syntax. What a language's own parser refuses is rejected whatever the share.
    """

    name = "syntax"
    passes = "files that parse; Python also by Python's own parser"
    columns = (
        Column("syntax_error_ratio", "float32", "", "bytes under ERROR nodes and MISSING nodes over all bytes"),
        Column("syntax_missing", "int32", "nodes", "nodes that the parser had to invent"),
        Column("syntax_valid", "bool", "", "no error node, no missing node, and the native parser agrees where there is one"),
        Column("syntax_native", "string", "", "native parser's word: ok, python2 or error; null without one", nullable=True),
        Column("syntax_disagrees", "bool", "", "tree-sitter and the native parser disagree"),
    )
    limits = (
        Limit(
            "max_error_ratio",
            Share,
            default=0.02,
            unit="share",
            meaning="largest share of bytes that do not parse",
            reason="docs/adr/0004: grammars stumble over macros and new syntax in about 1 % of sound bytes",
        ),
    )
    reasons = {
        "syntax_errors": "more than {max_error_ratio} of it does not parse, or Python's own parser refuses it",
        "python2": "Python 2",
    }

    def __init__(self, max_error_ratio: float) -> None:
        super().__init__()
        self.max_error_ratio = max_error_ratio

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document."""
        parsed = parse(doc.text, str(doc.metadata.get("language")), str(doc.metadata.get("path")))
        syntax = measure_syntax(doc.text, parsed) if parsed else None
        doc.metadata.update(_columns(syntax))
        if syntax is None or (syntax.error_ratio <= self.max_error_ratio and syntax.native in {None, OK}):
            return True
        doc.metadata["detail"] = syntax.native_error or f"{syntax.error_ratio:.4f} of the bytes do not parse"
        return False, "syntax_errors" if syntax.native in {None, OK, ERROR} else str(syntax.native)


def _columns(syntax: SyntaxMeasures | None) -> dict[str, object]:
    return {
        "syntax_error_ratio": syntax.error_ratio if syntax else 0.0,
        "syntax_missing": syntax.missing_nodes if syntax else 0,
        "syntax_valid": syntax is not None and syntax.valid,
        "syntax_native": syntax.native if syntax else None,
        "syntax_disagrees": syntax is not None and syntax.disagrees,
    }
