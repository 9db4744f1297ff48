"""What the deduplication knows of a file: a fixed-size record to compare it by, and a few words to choose a copy by."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from seedbed.core.syntax.fingerprint import FEATURES, decode

if TYPE_CHECKING:
    import numpy.typing as npt

SIGNATURE: Final = np.dtype(
    [
        ("content", "<u8", (2,)),
        ("language", "<u4"),
        ("parsed", "?"),
        ("simhash", "<u8"),
        ("ast", "<u8"),
        ("features", FEATURES),
    ]
)
"""One file, 985 bytes. language: CRC-32 of its name; parsed: whether the fields after it mean anything."""

_NO_EVIDENCE: Final = frozenset({"license_timeout"})
"""Reasons of the license filter that say nothing about what the license forbids."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file as the duplicates table names it, and what decides which copy is kept."""

    id: str
    project: str
    path: str
    swhid: str
    license: str | None
    allowed: bool
    restricted: bool
    own_license: bool
    release_date: str | None

    @property
    def preference(self) -> tuple[object, ...]:
        """Sorts first what is kept: a license that allows it, stated in the file itself, the oldest, the shortest path."""
        return (not self.allowed, not self.own_license, self.release_date or "9999", len(self.path), self.path, self.id)


def member_of(identity: str, metadata: Mapping[str, Any]) -> Member:
    """A document's member.

    A copy that no license covers is not allowed; one whose license is known and not on the list is restricted, too, and
    counts against its copies.
    """
    allowed = metadata.get("license_allowed") is not False
    expression = metadata.get("license") or None
    header = metadata.get("license_header") or {}
    return Member(
        id=identity,
        project=str(metadata.get("project") or ""),
        path=str(metadata.get("path") or identity),
        swhid=str(metadata.get("swhid") or ""),
        license=expression,
        allowed=allowed,
        restricted=not allowed and expression is not None and metadata.get("filter_reason") not in _NO_EVIDENCE,
        own_license=bool(header.get("expression")),
        release_date=metadata.get("release_date"),
    )


def signature_of(metadata: Mapping[str, Any]) -> npt.NDArray[np.void]:
    """A document's record, from what the filter `Fingerprints` wrote."""
    record = np.zeros((), dtype=SIGNATURE)
    content = metadata["content_hash"]
    record["content"] = int(content[:16], 16), int(content[16:], 16)
    record["language"] = zlib.crc32(str(metadata.get("language")).encode())
    if metadata.get("_features"):
        record["parsed"] = True
        record["simhash"] = int(metadata["simhash"], 16)
        record["ast"] = int(metadata["ast_fingerprint"], 16)
        record["features"] = decode(metadata["_features"])
    return record


def table(records: Iterable[npt.NDArray[np.void]]) -> npt.NDArray[np.void]:
    """Records as one array [n]."""
    return np.array(list(records), dtype=SIGNATURE)
