"""How to put a file, or a range of it, together: terms in order, and where to fetch the bytes of each.

Terms at the ends of a range are cut to the chunks that the range touches.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from localhub.errors import HubError, bad_request
from localhub.xet.files import XetFile
from localhub.xet.merkle import hash_text
from localhub.xet.shard import Term
from localhub.xet.xorbs import Xorbs

_RANGE = re.compile(r"bytes=(\d{1,20})-(\d{0,20})")


class ByteRange(NamedTuple):
    """Bytes [start, end) of a file."""

    start: int
    end: int


class Piece(NamedTuple):
    """Chunks [start, end) of a xorb, `size` bytes when unpacked, which are the bytes `first` to `last` of the xorb."""

    xorb: str
    size: int
    start: int
    end: int
    first: int
    last: int


class _Span(NamedTuple):
    """Chunks [start, end) of a xorb, which are its bytes `first` to `last`."""

    start: int
    end: int
    first: int
    last: int


class Plan(NamedTuple):
    """The pieces of a range, and how many bytes of the first of them come before the range."""

    offset: int
    pieces: tuple[Piece, ...]


def byte_range(header: str | None, size: int) -> ByteRange:
    """What a Range header asks of `size` bytes; all of them without one. Raises: HubError 400, or 416 past the end."""
    if header is None:
        return ByteRange(0, size)
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        raise bad_request("A range is bytes=START-END, END included, or bytes=START-")
    start, end = int(match[1]), int(match[2]) + 1 if match[2] else size
    if start >= size:
        raise HubError(416, f"The file has {size} bytes")
    if end <= start:
        raise bad_request("A range ends where it begins, or after")
    return ByteRange(start, min(end, size))


def plan(xorbs: Xorbs, file: XetFile, header: str | None) -> Plan:
    """header: a Range header or None. Raises: HubError as `byte_range`."""
    asked = byte_range(header, sum(term.size for term in file.terms))
    offset = position = 0
    pieces: list[Piece] = []
    for term in file.terms:
        within = ByteRange(max(asked.start - position, 0), min(asked.end - position, term.size))
        position += term.size
        if within.start < within.end:
            piece, before = _piece(xorbs, term, within)
            offset = offset if pieces else before
            pieces.append(piece)
    return Plan(offset, tuple(pieces))


def as_v1(plan: Plan, links: Mapping[str, str]) -> dict[str, Any]:
    """What /v1/reconstructions answers: an address for each range of chunks. links: xorb -> where it is."""
    fetch = {
        xorb: [{"range": chunks, "url": links[xorb], "url_range": bytes_} for chunks, bytes_ in ranges]
        for xorb, ranges in _ranges(plan).items()
    }
    return {**_terms(plan), "fetch_info": fetch}


def as_v2(plan: Plan, links: Mapping[str, str]) -> dict[str, Any]:
    """What /v2/reconstructions answers: an address for each xorb, with the ranges of chunks that are wanted of it."""
    xorbs = {
        xorb: [{"url": links[xorb], "ranges": [{"chunks": chunks, "bytes": bytes_} for chunks, bytes_ in ranges]}]
        for xorb, ranges in _ranges(plan).items()
    }
    return {**_terms(plan), "xorbs": xorbs}


def _terms(plan: Plan) -> dict[str, Any]:
    terms = [
        {"hash": piece.xorb, "unpacked_length": piece.size, "range": {"start": piece.start, "end": piece.end}}
        for piece in plan.pieces
    ]
    return {"offset_into_first_range": plan.offset, "terms": terms}


def _ranges(plan: Plan) -> dict[str, list[tuple[dict[str, int], dict[str, int]]]]:
    """What is wanted of each xorb: ranges of chunks, whose end is not included, and of bytes, whose end is.

    No two of them share a chunk: clients keep what they fetched by its first chunk, and would take a short range for a long one.
    """
    return {
        xorb: [({"start": span.start, "end": span.end}, {"start": span.first, "end": span.last}) for span in spans]
        for xorb, spans in _merged(plan.pieces).items()
    }


def _merged(pieces: tuple[Piece, ...]) -> dict[str, list[_Span]]:
    merged: dict[str, list[_Span]] = {}
    for piece in sorted(pieces, key=lambda piece: (piece.xorb, piece.start)):
        spans = merged.setdefault(piece.xorb, [])
        if spans and piece.start < spans[-1].end:
            before = spans.pop()
            spans.append(_Span(before.start, max(before.end, piece.end), before.first, max(before.last, piece.last)))
        else:
            spans.append(_Span(piece.start, piece.end, piece.first, piece.last))
    return merged


def _piece(xorbs: Xorbs, term: Term, within: ByteRange) -> tuple[Piece, int]:
    """The chunks of a term that a range of its bytes touches, and how many of their bytes come before the range."""
    chunks = xorbs.chunks(term.xorb)
    if chunks is None:
        raise HubError(500, f"The xorb {hash_text(term.xorb)} is lost")
    ends = list(accumulate(node.size for node in chunks.nodes(term.start, term.end)))
    first = bisect_right(ends, within.start)
    last = bisect_left(ends, within.end)
    before = ends[first - 1] if first else 0
    start, end = term.start + first, term.start + last + 1
    piece = Piece(hash_text(term.xorb), ends[last] - before, start, end, chunks.offset(start), chunks.offset(end) - 1)
    return piece, within.start - before
