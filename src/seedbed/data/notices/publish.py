"""From merged notices to the tables of a dataset folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from seedbed.core.manifests.dataset import Notices
from seedbed.data.notices import merge
from seedbed.data.notices.tables import ATTRIBUTION, LICENSE_TEXTS, NOTICE_COLUMNS, TEXT_COLUMNS, write

_DIGEST_BYTES = 8


class _Counts:
    """Counts of rows that pass by. Memory: 8 bytes a distinct statement and holder, and what a set adds to them."""

    def __init__(self) -> None:
        self.sources = self.incomplete = self.text_bytes = 0
        self.statements: set[bytes] = set()
        self.holders: set[bytes] = set()

    def notices(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same rows, sorted by source."""
        for _, group in groupby(rows, key=lambda row: row["source"]):
            self.sources += 1
            for row in group:
                self.incomplete += not row["is_complete"]
                self.statements.update(map(_short, row["copyrights"]))
                self.holders.update(map(_short, row["holders"]))
                yield row

    def texts(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same rows."""
        for row in rows:
            self.text_bytes += row["size_bytes"]
            yield row


def write_tables(merged: Path, folder: Path) -> Notices:
    """Write attribution.parquet and license_texts.parquet. Args: merged: what `MergeNotices` wrote; folder: of the dataset."""
    counts = _Counts()
    notices = write(folder / ATTRIBUTION, NOTICE_COLUMNS, counts.notices(merge.rows(merged)))
    texts = write(folder / LICENSE_TEXTS, TEXT_COLUMNS, counts.texts(merge.texts(merged)))
    return Notices(
        sources=counts.sources,
        notices=notices,
        statements=len(counts.statements),
        holders=len(counts.holders),
        texts=texts,
        text_bytes=counts.text_bytes,
        incomplete=counts.incomplete,
    )


def _short(text: str) -> bytes:
    return sha256(text.encode()).digest()[:_DIGEST_BYTES]
