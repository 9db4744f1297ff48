"""How well the next line is found with and without what retrieval finds: `python -m tests.bench.retrieval MODEL_FOLDER [DATASET]`.

Places are line ends, with a line to come, in files of the test split, by project; a project's other files are what is searched.
Half of the places are those where the line to come uses a name that another file of the project declares, so that there is
something to find; half are drawn without that condition. The text before the cursor and what was found share one budget. A
line counts as right when each of its tokens is the likeliest, which is what greedy writing gives; bits are a byte of the line.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from seedbed.evaluation.metrics.estimates import difference, interval
from seedbed.models.inference.backend import Backend
from seedbed.serving.completion.context import trim_to_nearest
from seedbed.serving.completion.retrieval import ProjectRetriever, Store
from seedbed.serving.completion.retrieval.project_files import declarations
from tests.bench.likely import bits, open_fast

NEW_TOKENS = 40


@dataclass(frozen=True)
class Place:
    prefix: str
    suffix: str
    path: str
    language: str
    line: str


def projects(dataset: Path, split: str) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(dataset.glob(f"data/*/{split}-*.parquet")):
        for row in pq.read_table(path, columns=["project", "path", "language", "text"]).to_pylist():
            found[row["project"]].append(row)
    return dict(found)


def places(rows: list[dict[str, Any]], draw: random.Random, count: int, *, useful: bool) -> Iterator[Place]:
    declared = {
        row["path"]: {one.name for one in declarations(row["text"], row["language"]) if len(one.name) > 3} for row in rows
    }
    everywhere = Counter(name for found in declared.values() for name in found)
    for _ in range(count * 200):
        if count == 0:
            return
        row = draw.choice(rows)
        lines = row["text"].split("\n")
        at = draw.randrange(len(lines))
        names = set(re.findall(r"\w+", lines[at]))
        if (
            at < 5
            or not lines[at - 1].strip()
            or len(names) < 2
            or re.match(r"\s*(#|//|/?\*|import |from |use |using )", lines[at])
        ):
            continue
        if not useful or any(everywhere[name] and name not in declared[row["path"]] for name in names):
            count -= 1
            yield Place("\n".join(lines[:at]), "\n".join(lines[at + 1 :]), row["path"], row["language"], lines[at])


def prompt(backend: Backend, place: Place, budget: int, found: str) -> list[int]:
    """What was found, then the nearest lines that still fit."""

    def count(text: str) -> int:
        return len(backend.encode(text)) if text else 0

    return backend.plain_prompt(found + trim_to_nearest(place.prefix, "", budget - count(found), count).prefix, path=place.path)


@dataclass(frozen=True)
class Seen:
    """Of one place: bits and whether the line is right, without what was found and with it; milliseconds of the look-up."""

    useful: bool
    bits: tuple[float, float]
    right: tuple[bool, bool]
    size_bytes: int
    found: bool
    lookup_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("dataset", type=Path, nargs="?", default=Path("build/datasets/starter"))
    parser.add_argument("--split", default="test")
    parser.add_argument("--places", type=int, default=8, help="a project, of each kind")
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--share", type=float, default=0.25, help="of the context for what was found")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="the places that were judged by then")
    options = parser.parse_args()
    backend = open_fast(options.model)
    context = min(options.context, backend.context_tokens - NEW_TOKENS - 16)
    asked = list(all_places(options.dataset, options.split, options.places))
    random.Random(5).shuffle(asked)
    until = time.monotonic() + options.seconds
    seen = []
    for useful, place, retriever in asked:
        if time.monotonic() > until:
            break
        seen.append(look(backend, useful, place, retriever, context, options.share))
    report(backend.name, context, len(asked), seen)
    backend.close()


def all_places(dataset: Path, split: str, count: int) -> Iterator[tuple[bool, Place, ProjectRetriever]]:
    for name, rows in sorted(projects(dataset, split).items()):
        if len(rows) < 5:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for row in rows:
                path = Path(folder) / row["path"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(row["text"], encoding="utf-8")
            store = Store()
            store.add_project(Path(folder))
        retriever, draw = ProjectRetriever(store), random.Random(name)
        for useful in (True, False):
            for place in places(rows, draw, count, useful=useful):
                yield useful, place, retriever


def look(backend: Backend, useful: bool, place: Place, retriever: ProjectRetriever, context: int, share: float) -> Seen:
    start = time.perf_counter()
    found = retriever.retrieve(place, int(context * share), lambda text: len(backend.encode(text)))
    spent = (time.perf_counter() - start) * 1e3
    ids = backend.encode(place.line)[:NEW_TOKENS]
    without, with_ = (bits(backend, prompt(backend, place, context, part), ids) for part in ("", found))
    size = len(backend.decode(ids).encode())
    return Seen(useful, (without[0], with_[0]), (without[1], with_[1]), size, bool(found), spent)


def report(name: str, context: int, asked: int, seen: list[Seen]) -> None:
    spent = [one.lookup_ms for one in seen]
    print(
        f"{name}, {context} tokens; {len(seen)} of {asked} places; found something for {np.mean([one.found for one in seen]):.0%}; "
        f"median {np.median(spent):.1f} ms, p95 {np.percentile(spent, 95):.1f} ms"
    )
    for useful in (True, False):
        told = [one for one in seen if one.useful is useful]
        sizes = [one.size_bytes for one in told]
        without, with_ = (sum(one.bits[at] for one in told) / sum(sizes) for at in (0, 1))
        gain = interval([(one.bits[0] - one.bits[1]) / one.size_bytes for one in told], sizes)
        right = difference([one.right[0] for one in told], [one.right[1] for one in told])
        print(
            f"{'a name of another file' if useful else 'any line':24} {len(told)} places; right {np.mean([one.right[0] for one in told]):.1%}, "
            f"{np.mean([one.right[1] for one in told]):.1%} ({right.value:+.1%} [{right.low:+.1%}, {right.high:+.1%}]); bits a byte "
            f"{without:.3f}, {with_:.3f}: gain {gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
        )


if __name__ == "__main__":
    main()
