"""Places in real files at which a completion may be asked for: one line, what stands before it and behind it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

DATASET = Path("build/datasets/starter")
_FEWEST_LETTERS, _MOST_LETTERS = 8, 100


@dataclass(frozen=True)
class Problem:
    language: str
    path: str
    prefix: str
    line: str
    suffix: str


def problems(dataset: Path, split: str, each: int, seed: int = 3, *, least_characters: int = 0) -> Iterator[Problem]:
    """One line of each of at most `each` files a language, with at least so many characters before it."""
    chance = random.Random(seed)
    for folder in sorted((dataset / "data").iterdir()):
        rows = [
            row
            for path in sorted(folder.glob(f"{split}-*"))
            for row in pq.read_table(path, columns=["language", "path", "text"]).to_pylist()
        ]
        chance.shuffle(rows)
        found = (one for row in rows if (one := _problem(row, chance, least_characters)))
        yield from (one for one, _ in zip(found, range(each), strict=False))


def _problem(row: dict[str, str], chance: random.Random, least_characters: int) -> Problem | None:
    lines = row["text"].splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))] if len(lines) < 3000 else []
    fit = [
        number
        for number, start in enumerate(starts)
        if start >= least_characters
        and _FEWEST_LETTERS <= len(lines[number].strip()) <= _MOST_LETTERS
        and lines[number][:1].isspace()
    ]
    if not fit:
        return None
    number = chance.choice(fit)
    line = lines[number]
    indented = len(line) - len(line.lstrip())
    start = starts[number] + indented
    end = starts[number] + len(line.rstrip())
    return Problem(row["language"], row["path"], row["text"][:start], row["text"][start:end], row["text"][end:])
