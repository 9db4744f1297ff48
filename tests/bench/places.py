"""Places in real files at which a completion may be asked for: one line, what stands before it and behind it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
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


def problems(
    dataset: Path, split: str, each: int, seed: int = 3, *, least_characters: int = 0, lines: int = 1, per_file: int = 1
) -> Iterator[Problem]:
    """At most `per_file` places in each of at most `each` files a language, with at least so many characters before them.

    Args: lines: how many are asked for, the rest of the cursor's own line among them.
    """
    chance = random.Random(seed)
    for folder in sorted((dataset / "data").iterdir()):
        rows = [
            row
            for path in sorted(folder.glob(f"{split}-*"))
            for row in pq.read_table(path, columns=["language", "path", "text"]).to_pylist()
        ]
        chance.shuffle(rows)
        found = (some for row in rows if (some := _problems(row, chance, least_characters, lines, per_file)))
        yield from (one for some, _ in zip(found, range(each), strict=False) for one in some)


def _problems(row: dict[str, str], chance: random.Random, least_characters: int, wanted: int, per_file: int) -> list[Problem]:
    lines = row["text"].splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))] if len(lines) < 3000 else [0]
    fit = [
        number
        for number, start in enumerate(starts[:-1])
        if start >= least_characters
        and _FEWEST_LETTERS <= len(lines[number].strip()) <= _MOST_LETTERS
        and lines[number][:1].isspace()
    ]
    numbers = sorted(chance.sample(fit, min(per_file, len(fit))))
    return [_problem(row, lines[number], starts[number], starts[min(number + wanted, len(lines))]) for number in numbers]


def _problem(row: dict[str, str], line: str, start: int, end: int) -> Problem:
    text = row["text"]
    start += len(line) - len(line.lstrip())
    end = start + len(text[start:end].rstrip())
    return Problem(row["language"], row["path"], text[:start], text[start:end], text[end:])
