"""Next-line accuracy with and without what retrieval finds: `python -m tests.bench.retrieval MODEL [DATASET]`.

Places are line ends, with a line to come, in files of the test split, by project; a project's other files are what is searched. A place counts where
the line to come uses a name that another file of the project declares, so that there is something to find; half of the
places are drawn without that condition. Greedy, one line, equal up to white space at its ends. The text before the cursor gets
the same budget in both, plus what retrieval takes from it.
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

from seedbed.completion.retrieval import ProjectRetriever, Store
from seedbed.completion.retrieval.declarations import declarations
from seedbed.generation import Backend, Sampling
from seedbed.model.generation import open_backend

NEW_TOKENS = 40


@dataclass(frozen=True)
class Place:
    prefix: str
    suffix: str
    path: str
    language: str
    line: str


def projects(dataset: Path) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(dataset.glob("data/*/test-*.parquet")):
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
    lines = place.prefix.split("\n")
    room = budget - len(backend.encode(found))
    first = len(lines) - 1
    while first > 0 and len(backend.encode("\n".join(lines[first - 1 :]))) <= room:
        first -= 1
    return backend.plain_prompt(found + "\n".join(lines[first:]), path=place.path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("dataset", type=Path, nargs="?", default=Path("build/datasets/starter"))
    parser.add_argument("--places", type=int, default=8, help="a project, of each kind")
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--share", type=float, default=0.35)
    options = parser.parse_args()
    backend = open_backend(str(options.model))
    context = min(options.context, backend.context_tokens - NEW_TOKENS - 16)
    right: defaultdict[tuple[bool, bool], list[bool]] = defaultdict(list)
    spent, shown = [], []
    for name, rows in sorted(projects(options.dataset).items()):
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
            for place in places(rows, draw, options.places, useful=useful):
                start = time.perf_counter()
                found = retriever.retrieve(place, int(context * options.share), lambda text: len(backend.encode(text)))
                spent.append((time.perf_counter() - start) * 1e3)
                shown.append(bool(found))
                prompts = [prompt(backend, place, context, part) for part in ("", found)]
                answers = backend.generate(prompts, Sampling(temperature=0, max_new_tokens=NEW_TOKENS))
                for with_, (answer,) in zip((False, True), answers, strict=True):
                    right[useful, with_].append(answer.text.lstrip().split("\n")[0].strip() == place.line.strip())
    print(
        f"{backend.name}, {context} tokens; found something for {np.mean(shown):.0%}; median {np.median(spent):.1f} ms, p95 {np.percentile(spent, 95):.1f} ms"
    )
    for useful in (True, False):
        one, two = right[useful, False], right[useful, True]
        pairs = list(zip(one, two, strict=True))
        won, lost = pairs.count((False, True)), pairs.count((True, False))
        kind = "the line uses a name of another file" if useful else "any line"
        print(f"{kind}: {len(one)} places, without {np.mean(one):.1%}, with {np.mean(two):.1%} ({won} won, {lost} lost)")


if __name__ == "__main__":
    main()
