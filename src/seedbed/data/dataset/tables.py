"""What stages left as the folder of a dataset: kept documents as tables of rows, and the index that says where a text is from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from seedbed.core.config.recipe import Output, Splits
from seedbed.core.io.progress import Bar
from seedbed.core.manifests.columns import Column
from seedbed.core.syntax import LANGUAGES
from seedbed.data.attribution.build import build
from seedbed.data.dataset import stage_outputs
from seedbed.data.dataset.parquet import Row, write_table
from seedbed.data.dataset.splits import split_of


def samples(documents: Path, splits: Splits) -> list[Row]:
    """Kept documents as rows, each with its split, by id."""
    rows = []
    for row in _rows(documents):
        rows.append({**row, "split": split_of(row["project"], splits)})
    return sorted(rows, key=lambda row: str(row["id"]))


def write_samples(rows: Sequence[Row], columns: tuple[Column, ...], folder: Path, output: Output) -> None:
    """One folder a language, one run of files a split."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((LANGUAGES[row["language"]].key, row["split"]), []).append(row)
    with Bar("package", len(groups), "table") as bar:
        for number, ((config, split), group) in enumerate(sorted(groups.items()), 1):
            write_table(group, columns, folder / config, split, output)
            bar.update(number)


def write_index(documents: Path, files: int, folder: Path) -> None:
    """The index for attribution. It is part of the dataset's folder, and the hashes of the manifest bind it to these rows."""
    with Bar("attribution", files, "file") as bar:
        build(_rows(documents), folder, bar.update)


def _rows(documents: Path) -> Iterator[Row]:
    for record in stage_outputs.read(documents):
        yield {**record["metadata"], "id": record["id"], "text": record["text"]}
