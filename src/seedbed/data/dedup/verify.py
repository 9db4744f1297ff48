"""What is kept of a file to compare it, and whether two files are copies of each other."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from seedbed.core.syntax.fingerprint import CALLED, FEATURES, LEXICAL, LITERAL, NAMED, RENAMED, SKETCH_BINS, SKETCH_STARTS, decode

if TYPE_CHECKING:
    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]


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


DIFFERENT, SAME_TOKENS, EDITED, RENAMED_WHOLLY, RENAMED_PARTLY = range(5)
"""Verdicts on a pair; all but the first accept it."""

WHY: Final = (
    "different programs",
    "same tokens, other comments or layout",
    "few tokens differ: same names, literals and operators",
    "same up to renaming every name: equal literals, operators and tree",
    "same up to renaming: equal literals, operators and called names",
)
"""The verdicts in words, for the `why` of the duplicates table."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds of the verification. Shares are of sets, bins are of sketches, tokens are leaves without separators."""

    min_tokens: int = 40
    """Smaller files count as copies only when their tokens are equal."""
    edited: float = 0.11
    """Share of the token shingles that may be new on either side of an edited copy."""
    edited_shingles: int = 6
    """The same for small files: a short line of code, or a name that stands in one place."""
    edited_items: float = 0.15
    """Share of the literals, and of the called names, that may be new on either side."""
    edited_item_count: int = 2
    """The same for files with few of them."""
    operators: float = 0.6
    """Least share of operators in common."""
    renamed: float = 0.75
    """Least likeness of the nameless shingles of a renamed copy that was touched otherwise too."""
    wholly_bins: int = 24
    """Least evidence for a copy without one name in common: bins filled by nameless shingles (24 of 128 = 27 shingles)."""
    partly_bins: int = 42
    """The same when all called names stayed (42 bins = 51 shingles)."""
    repeated_bins: int = 100
    """The same when called names changed, as in the next handler of the same kind (100 bins = 195 shingles)."""
    literal_bins: int = 64
    """The same when they changed, but this number of literals did not (64 bins = 89 shingles)."""
    literals: int = 4


RULES: Final = Rules()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much each sketched set of two files has in common: similarity [pairs], and the elements compared [pairs]."""

    similarity: Floats
    compared: npt.NDArray[np.int64]

    def within(self, share: float, count: int) -> Bools:
        """Whether either side has at most `share`, or `count`, of its elements for itself."""
        allowed = np.maximum(share * self.compared, count)
        return np.asarray(self.similarity >= (self.compared - allowed) / (self.compared + allowed))


def verify(
    left: npt.NDArray[np.void], right: npt.NDArray[np.void], same_tree: Bools, rules: Rules = RULES
) -> npt.NDArray[np.uint8]:
    """Verdict on each pair of files.

    Shape: left, right `FEATURES` records [n], same_tree [n] whether their trees are equal -> verdicts [n].
    """
    verdicts = np.full(len(left), DIFFERENT, dtype=np.uint8)
    same = (left["tokens_hash"] == right["tokens_hash"]) & same_tree & (left["tokens"] > 0)
    large = np.minimum(left["tokens"], right["tokens"]) >= rules.min_tokens
    likeness = [_likeness(left["sketch"], right["sketch"], which) for which in range(len(SKETCH_BINS))]
    operators = _operator_share(left["operators"], right["operators"]) >= rules.operators
    literals = likeness[LITERAL].within(rules.edited_items, rules.edited_item_count)
    open_ = large & operators & literals
    edited = (
        open_
        & likeness[LEXICAL].within(rules.edited, rules.edited_shingles)
        & likeness[CALLED].within(rules.edited_items, rules.edited_item_count)
    )
    exact = (left["renamed_hash"] == right["renamed_hash"]) & same_tree
    evidence = likeness[RENAMED].compared
    wholly = open_ & _renamed_wholly(likeness, exact, evidence, rules)
    partly = large & exact & _renamed_partly(likeness, evidence, rules)
    for verdict, holds in ((RENAMED_PARTLY, partly), (RENAMED_WHOLLY, wholly), (EDITED, edited), (SAME_TOKENS, same)):
        verdicts[holds] = verdict
    return verdicts


def comparable(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> Bools:
    """Whether two files of these lengths, in tokens, can be copies at all: a cheap test before the features are read."""
    return np.asarray(np.minimum(left, right) >= 0.7 * np.maximum(left, right))


def _renamed_wholly(likeness: list[Likeness], exact: Bools, evidence: npt.NDArray[np.int64], rules: Rules) -> Bools:
    """No name in common: two programs by different hands nearly always share some, a mechanical renaming leaves none."""
    nothing_stayed = np.asarray(likeness[NAMED].similarity == 0)
    touched = (likeness[RENAMED].similarity >= rules.renamed) & (evidence >= rules.repeated_bins)
    return nothing_stayed & ((exact & (evidence >= rules.wholly_bins)) | touched)


def _renamed_partly(likeness: list[Likeness], evidence: npt.NDArray[np.int64], rules: Rules) -> Bools:
    """Some names stayed. The next class of a family looks like this too, so what it calls must be the same, or much else."""
    called = likeness[CALLED]
    calls_stayed = (called.similarity >= 0.8) & (called.compared >= 3)
    literals_stayed = likeness[LITERAL].compared >= rules.literals
    needed = np.full(len(evidence), rules.repeated_bins)
    needed[literals_stayed] = rules.literal_bins
    needed[calls_stayed] = rules.partly_bins
    return np.asarray(evidence >= needed)


def _likeness(left: npt.NDArray[np.uint16], right: npt.NDArray[np.uint16], which: int) -> Likeness:
    bins = slice(SKETCH_STARTS[which], SKETCH_STARTS[which + 1])
    ours, theirs = left[:, bins], right[:, bins]
    either = (ours != 0) | (theirs != 0)
    used = np.count_nonzero(either, axis=1)
    equal = np.count_nonzero((ours == theirs) & either, axis=1)
    similarity = np.where(used > 0, equal / np.maximum(used, 1), 1.0)
    return Likeness(similarity, np.minimum(np.count_nonzero(ours, axis=1), np.count_nonzero(theirs, axis=1)))


def _operator_share(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> Floats:
    """Operators in common over all, and nearly 1 where the difference is one or two."""
    # Two more of each side let one edited line change an operator in a file with few of them.
    common = np.minimum(left, right).sum(axis=1, dtype=np.int64) + 4
    return np.asarray(common / (np.maximum(left, right).sum(axis=1, dtype=np.int64) + 4))
