"""Records of a task while it is being asked, a line each: what was killed goes on after the last whole line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from seedbed.evaluation.results import Record


@dataclass
class Journal:
    """A file of records, and the seconds that they took in all."""

    path: Path

    def __post_init__(self) -> None:
        self.records: list[Record] = []
        self.seconds = 0.0
        self._read()

    def append(self, records: Sequence[Record], seconds: float) -> None:
        """Keep some records, on disk first."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"seconds": seconds, "records": [record.model_dump(mode="json") for record in records]})
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        self.records.extend(records)
        self.seconds += seconds

    def remove(self) -> None:
        """Forget it, once the results are written."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> None:
        """Take what is there up to the first line that is not whole, and cut the file there."""
        whole = 0
        for line in self.path.read_bytes().splitlines(keepends=True) if self.path.is_file() else ():
            try:
                told = json.loads(line)
                records = [Record.model_validate(record) for record in told["records"]]
                seconds = float(told["seconds"])
            except (ValueError, KeyError, TypeError, ValidationError):
                break
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            self.records.extend(records)
            self.seconds += seconds
        if self.path.is_file() and whole < self.path.stat().st_size:
            with self.path.open("r+b") as stream:
                stream.truncate(whole)
