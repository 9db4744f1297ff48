"""One sample of a dataset folder by its id, kept or rejected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from seedbed.core.errors import ManifestError


def find(folder: Path, identity: str) -> dict[str, Any] | None:
    """Provenance and license columns of a sample, or the row of `rejected`; None where the folder has neither.

    Memory: the ids of one file, then one row.
    Raises: ManifestError for a file that is no parquet file, or has no column `id`.
    """
    for path in (*sorted((folder / "data").glob("*/*.parquet")), *sorted((folder / "rejected").glob("*.parquet"))):
        try:
            ids = pq.read_table(path, columns=["id"])["id"].to_pylist()
            if identity in ids:
                return _row(path, ids.index(identity))
        except (pa.ArrowException, KeyError, OSError) as error:
            raise ManifestError(f"{path}: not a table of a dataset folder: {error}".splitlines()[0]) from error
    return None


def _row(path: Path, number: int) -> dict[str, Any]:
    with pq.ParquetFile(path) as file:
        wanted = [name for name in file.schema_arrow.names if name != "text"]
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if number < rows:
                row: dict[str, Any] = file.read_row_group(group, columns=wanted).slice(number, 1).to_pylist()[0]
                return row
            number -= rows
    raise ManifestError(f"{path}: fewer rows than ids.")
