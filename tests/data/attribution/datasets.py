"""A dataset folder with an index, as `make dataset` leaves one, of a few texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seedbed.data.attribution.build import build
from seedbed.data.attribution.index import description
from seedbed.data.attribution.layout import FOLDER
from seedbed.data.attribution.tokens import stripped
from tests.invented_dataset import make_manifest, write_dataset


def write_indexed(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """An invented dataset whose index is that of `rows`; its manifest tells of the index."""
    write_dataset(folder)
    build([{**row, "text": stripped(row["text"], row["language"]).decode()} for row in rows], folder / FOLDER)
    make_manifest(folder).model_copy(update={"attribution": description(folder / FOLDER)}).save(folder)
    return folder
