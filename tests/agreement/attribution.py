"""How much of what is copied attribution finds, and how often it speaks of code that nobody copied.

    python -m tests.agreement.attribution [DATASET] [--split validation]

An index of the train split is built. Copied: fragments of its own files, in their place, as they stand, laid out anew, or with
every name changed. Not copied: windows of 64 tokens of another split, whose projects are none of the index; what is found there
is code that both have from elsewhere, or an idiom. The lengths were chosen on the test split; the default judges on validation.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from seedbed.data.attribution.build import build
from seedbed.data.attribution.find import find
from seedbed.data.attribution.index import Index
from seedbed.data.attribution.layout import EXACT, KEYS, RENAMED
from seedbed.data.attribution.tokens import stripped, tokens_of
from tests.agreement.transformations import Source, lay_out, rename

COPIES = 1000
WINDOWS = 4000
WINDOW_TOKENS = 64
Fragment = tuple[str, tuple[int, int]]


def rows(dataset: Path, split: str) -> Iterator[dict[str, Any]]:
    for path in sorted(dataset.glob(f"data/*/{split}-*.parquet")):
        yield from pq.read_table(path, columns=[*KEYS, "text"]).to_pylist()


def fragment(text: str, draw: random.Random) -> Fragment:
    """Some lines of a text, with all that stands before them, and all or nothing of what stands behind."""
    lines = text.splitlines(keepends=True)
    first = draw.randrange(len(lines))
    last = min(len(lines), first + draw.randint(4, 16))
    before, inside = "".join(lines[:first]), "".join(lines[first:last])
    span = len(before.encode()), len((before + inside).encode())
    return draw.choice([text, before + inside]), span


def copies(found: list[dict[str, Any]], change: Callable[[Source, random.Random], str], least: int, index: Index) -> str:
    """What is found of copies of at least `least` tokens that were changed so."""
    draw, total, hits, right, spent = random.Random(7), 0, 0, 0, []
    while total < COPIES:
        row = draw.choice(found)
        text, span = fragment(change(Source(row["path"], row["language"], row["text"]), draw), draw)
        if len(tokens_of(text, row["language"], span)) < least:
            continue
        start = time.process_time()
        matches = find(index, text, row["language"], span)
        spent.append((time.process_time() - start) * 1e3)
        total += 1
        hits += bool(matches)
        right += any(match.path == row["path"] for match in matches)
    p50, p95 = np.percentile(spent, (50, 95))
    return f"found {hits / total:.2%}, the very file named {right / total:.2%} of {total}; {p50:.1f} ms median, {p95:.1f} ms p95 (CPU)"


def others(found: list[dict[str, Any]], index: Index) -> str:
    """How often a window of code that is no copy has a match, and what it is."""
    draw, spent = random.Random(8), []
    kinds: Counter[str] = Counter()
    done = 0
    while done < WINDOWS:
        row = draw.choice(found)
        tokens = tokens_of(row["text"], row["language"])
        if len(tokens) < WINDOW_TOKENS:
            continue
        first = draw.randrange(len(tokens) - WINDOW_TOKENS + 1)
        span = int(tokens.starts[first]), int(tokens.ends[first + WINDOW_TOKENS - 1])
        start = time.process_time()
        matches = find(index, row["text"], row["language"], span)
        spent.append((time.process_time() - start) * 1e3)
        done += 1
        for kind in {"renamed" if match.renamed else "exact" for match in matches}:
            kinds[kind] += 1
    p50, p95 = np.percentile(spent, (50, 95))
    shares = ", ".join(f"{kind} {kinds[kind] / done:.2%}" for kind in ("exact", "renamed"))
    return f"{shares} of {done} windows; {p50:.1f} ms median, {p95:.1f} ms p95 (CPU)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, nargs="?", default=Path("build/datasets/starter"))
    parser.add_argument("--split", default="validation")
    options = parser.parse_args()
    train = list(rows(options.dataset, "train"))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "attribution"
        texts = ({**row, "text": stripped(row["text"], row["language"]).decode()} for row in train)
        head = build(texts, place)
        size = sum(path.stat().st_size for path in place.iterdir())
        print(
            f"{head['files']} files, {head['tokens']} tokens, {size} bytes: {size / head['tokens']:.2f} bytes a token", flush=True
        )
        index = Index(place)
        print("as they stand:  ", copies(train, lambda source, _: source.text, EXACT.guarantee, index), flush=True)
        print("laid out anew:  ", copies(train, lay_out, EXACT.guarantee, index), flush=True)
        print("names changed:  ", copies(train, rename, RENAMED.guarantee, index), flush=True)
        print(f"{options.split}:     ", others(list(rows(options.dataset, options.split)), index))


if __name__ == "__main__":
    main()
