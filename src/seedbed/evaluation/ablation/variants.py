"""A side of an ablation as a dataset folder that training reads: its own files to train on, the same to validate and test on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from seedbed.core.config.recipe import Split, Splits
from seedbed.core.io.atomic import new_folder
from seedbed.data.dataset import stage_outputs
from seedbed.data.dataset.splits import split_of

Row = Mapping[str, Any]

COLUMNS: Final = ("id", "project", "path", "language", "text")
"""What training and judging take of a file."""
_ROW_GROUP_ROWS: Final = 256
_SCHEMA: Final = pa.schema([(name, pa.string()) for name in COLUMNS])
_HASH: Final = "sha256"


@dataclass(frozen=True, slots=True)
class Side:
    """Where a run of the pipeline kept its files, and by what rule they are split."""

    kept: Path
    splits: Splits

    def rows(self, split: Split) -> Iterator[Row]:
        """Files of a split, with all that the pipeline wrote of them. Projects go by their names, so every side agrees."""
        for record in stage_outputs.read(self.kept):
            row = {**record["metadata"], "id": record["id"], "text": record["text"]}
            if split_of(str(row["project"]), self.splits) == split:
                yield row


def write_folder(folder: Path, splits: Mapping[str, Iterable[Row]]) -> str:
    """Write a dataset folder, whole or not at all.

    Returns: SHA-256 of all that is in it, hexadecimal.
    """
    total = hashlib.sha256()
    with new_folder(folder) as draft:
        for split, rows in sorted(splits.items()):
            ordered = sorted(({name: str(row.get(name) or "") for name in COLUMNS} for row in rows), key=lambda row: row["id"])
            for row in ordered:
                total.update("\0".join((split, *row.values(), "")).encode("utf-8", "surrogatepass"))
            _write(ordered, draft / "data" / "all" / f"{split}-00000-of-00001.parquet")
        (draft / _HASH).write_text(total.hexdigest(), encoding="utf-8")
    return total.hexdigest()


def _write(rows: list[dict[str, str]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        for start in range(0, len(rows), _ROW_GROUP_ROWS):
            writer.write_table(pa.Table.from_pylist(rows[start : start + _ROW_GROUP_ROWS], schema=_SCHEMA))
