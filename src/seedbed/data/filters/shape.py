"""Filters for what is not text, and for text of a size and shape that people do not write.

The measures are pure functions over the whole text. They run on every file, so they must stay near the speed of `memcpy`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from datatrove.data import Document

from seedbed.core.config.recipe import Count, Limit, Positive, Share
from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.core.text.formatting import plural

_ASCII_ALPHANUMERIC: Final = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ASCII: Final = re.compile(r"[\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Lines:
    """Number of lines of a text, and their longest and mean length in characters without line ends."""

    count: int
    longest: int
    mean: float


def measure_lines(text: str) -> Lines:
    r"""Lines as an editor counts them: LF, CRLF and CR end a line, and a last line needs no end.

    >>> measure_lines("ab\r\nabcd\n")
    Lines(count=2, longest=4, mean=3.0)
    >>> measure_lines("")
    Lines(count=0, longest=0, mean=0.0)
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.removesuffix("\n").split("\n") if text else []
    lengths = list(map(len, lines))
    return Lines(len(lengths), max(lengths, default=0), sum(lengths) / max(1, len(lengths)))


def alphanumeric_share(text: str) -> float:
    """Share of the characters that are letters or digits of any script, in [0, 1]; 0.0 for no text.

    >>> alphanumeric_share("für i;")
    0.6666666666666666
    """
    if not text:
        return 0.0
    ascii_only = text.encode("ascii", "ignore")
    count = len(ascii_only) - len(ascii_only.translate(None, _ASCII_ALPHANUMERIC))
    if len(ascii_only) < len(text):
        count += sum(map(str.isalnum, _ASCII.sub("", text)))
    return count / len(text)


class DecodeFilter(Filter):
    """Rejects files that the reader could not decode; the reason is the one in `decode_error`."""

    name = "decode"
    passes = "text, in UTF-8 or in the encoding that its bytes turn out to have"
    reasons = {
        "empty": "nothing inside",
        "binary": "not a text file",
        "undecodable": "no encoding decodes it without damage",
    }

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document: `empty`, `binary` or `undecodable`."""
        reason = doc.metadata.get("decode_error")
        return (False, str(reason)) if reason else True


class ShapeFilter(Filter):
    """Rejects files that are too large, too short, too wide, or have too few letters; writes the measures.

    Args:
        max_bytes: largest file, in bytes of the archive.
        max_line_length: longest line, in characters.
        max_line_length_mean: longest mean line, in characters.
        min_alphanumeric_share: smallest share of letters and digits, 0 to 1.
        min_lines: fewest lines.
    """

    name = "limits"
    passes = "files that are neither tiny nor huge, with lines as people write them"
    columns = (
        Column("lines", "int32", "lines", "number of lines", distribution=True),
        Column("line_length_max", "int32", "characters", "longest line", distribution=True),
        Column("line_length_mean", "float32", "characters", "mean line length"),
        Column("alphanumeric_share", "float32", "", "share of characters that are letters or digits, 0 to 1"),
    )
    limits = (
        Limit(
            "max_bytes",
            Positive,
            default=1_000_000,
            unit="bytes",
            meaning="largest file; of a larger one no more is read",
            reason="above it lie tables and amalgamations, and scancode takes seconds for one",
            column="size_bytes",
        ),
        Limit(
            "min_lines",
            Count,
            default=5,
            unit="lines",
            meaning="fewest lines",
            reason="below it lie empty packages and re-exports",
            column="lines",
        ),
        Limit(
            "max_line_length",
            Positive,
            default=1000,
            unit="characters",
            meaning="longest line",
            reason="beyond it lie embedded data and minified code",
            column="line_length_max",
        ),
        Limit(
            "max_line_length_mean",
            Positive,
            default=100,
            unit="characters",
            meaning="longest mean line",
            reason="hand-written code stays below 60; bundles lie beyond 100",
        ),
        Limit(
            "min_alphanumeric_share",
            Share,
            default=0.25,
            unit="share",
            meaning="least share of letters and digits",
            reason="below it lie encoded tables, separators and drawings",
        ),
    )
    reasons = {
        "too_large": "more than {max_bytes:,} bytes",
        "too_few_lines": "fewer than {min_lines} lines",
        "long_line": "a line of more than {max_line_length:,} characters",
        "long_lines_mean": "lines of more than {max_line_length_mean} characters on average",
        "low_alphanumeric": "letters and digits are less than {min_alphanumeric_share} of the characters",
    }

    def __init__(
        self,
        *,
        max_bytes: int,
        max_line_length: int,
        max_line_length_mean: float,
        min_alphanumeric_share: float,
        min_lines: int = 5,
    ) -> None:
        super().__init__()
        self.max_bytes = max_bytes
        self.min_lines = min_lines
        self.max_line_length = max_line_length
        self.max_line_length_mean = max_line_length_mean
        self.min_alphanumeric_share = min_alphanumeric_share

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document; the first limit that is broken names the reason, in the order of the checks."""
        lines, share = measure_lines(doc.text), alphanumeric_share(doc.text)
        size_bytes = doc.metadata.setdefault("size_bytes", len(doc.text.encode("utf-8", "surrogatepass")))
        doc.metadata |= {
            "lines": lines.count,
            "line_length_max": lines.longest,
            "line_length_mean": lines.mean,
            "alphanumeric_share": share,
        }
        checks = (
            ("too_large", size_bytes > self.max_bytes, f"{size_bytes} bytes"),
            ("too_few_lines", lines.count < self.min_lines, plural(lines.count, "line")),
            ("long_line", lines.longest > self.max_line_length, f"{lines.longest} characters"),
            ("long_lines_mean", lines.mean > self.max_line_length_mean, f"{lines.mean:.0f} characters a line"),
            ("low_alphanumeric", share < self.min_alphanumeric_share, f"{share:.2f} of the characters"),
        )
        for reason, broken, detail in checks:
            if broken:
                doc.metadata["detail"] = detail
                return False, reason
        return True
