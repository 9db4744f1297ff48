"""Is the trimmed context better than the nearest text alone: how likely a model finds what really stands there.

`python -m tests.bench.infilling MODEL SEEN.jsonl [--split validation] [--each N] [--budget TOKENS] [--named]`: three lines from a
cursor in long files, what stands before it (and behind it, for a model that fills in) cut to the same budget both ways, bits a
byte by transformers in bfloat16. `--named` takes only places whose first line uses a name that the trimmed context shows and the
nearest text does not. What was seen is kept in SEEN.jsonl: a run that ends early, by `--seconds`, is gone on with by the next.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from seedbed.evaluation.metrics.estimates import interval
from seedbed.models.inference.backend import Backend
from seedbed.serving.completion.context import Context, trim, trim_to_nearest
from tests.bench.likely import bits, open_fast
from tests.bench.places import DATASET, Problem, problems

MOST_TOKENS = 80
LINES = 3
CHARACTERS_A_TOKEN = 8
"""A place has at least so many characters before it for each token of the budget, so that a good part of them does not fit."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("seen", type=Path)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--split", default="test")
    parser.add_argument("--each", type=int, default=45, help="files a language")
    parser.add_argument("--per-file", type=int, default=1, help="places a file")
    parser.add_argument("--budget", type=int, default=256)
    parser.add_argument("--named", action="store_true")
    parser.add_argument("--seconds", type=float, default=math.inf)
    options = parser.parse_args()
    backend = open_fast(options.model)
    least = options.budget * CHARACTERS_A_TOKEN
    places = list(
        problems(options.dataset, options.split, options.each, least_characters=least, lines=LINES, per_file=options.per_file)
    )
    random.Random(9).shuffle(places)  # a run that ends early has seen all languages
    until = time.monotonic() + options.seconds
    done = len(options.seen.read_text().splitlines()) if options.seen.exists() else 0
    with options.seen.open("a") as seen:
        for one in places[done:]:
            if time.monotonic() > until:
                break
            seen.write(json.dumps(_seen(backend, one, options.budget, named=options.named)) + "\n")
    backend.close()
    _print([json.loads(line) for line in options.seen.read_text().splitlines()], len(places))


def _seen(backend: Backend, one: Problem, budget: int, *, named: bool) -> dict[str, Any] | None:
    """Bits of what stands there after each of the two contexts; None for a place that is not wanted."""
    plain, trimmed = _contexts(backend, one, budget)
    if named and not _names(one.line.split("\n")[0]) & (_names(trimmed.prefix) - _names(plain.prefix)):
        return None
    ids = backend.encode(one.line)[:MOST_TOKENS]
    both = [_bits(backend, one, ids, context) for context in (plain, trimmed)]
    size = len(backend.decode(ids).encode())
    return {"language": one.language, "path": one.path, "plain": both[0], "trimmed": both[1], "bytes": size}


def _names(text: str) -> set[str]:
    return {name for name in re.findall(r"[A-Za-z_]\w*", text) if len(name) > 2}


def _contexts(backend: Backend, one: Problem, budget: int) -> tuple[Context, Context]:
    def count(text: str) -> int:
        return len(backend.encode(text)) if text else 0

    suffix = one.suffix if backend.has_fim else ""
    return trim_to_nearest(one.prefix, suffix, budget, count), trim(one.prefix, suffix, one.language, budget, count)


def _bits(backend: Backend, one: Problem, ids: list[int], context: Context) -> float:
    path = one.path[-40:]
    prompt = (
        backend.fim_prompt(context.prefix, context.suffix, path=path)
        if backend.has_fim
        else backend.plain_prompt(context.prefix, path=path)
    )
    return bits(backend, prompt, ids)[0]


def _print(seen: list[dict[str, Any] | None], places: int) -> None:
    rows = [row for row in seen if row]
    print(f"{len(seen)} of {places} places looked at, {len(rows)} judged; bits a byte, intervals of 95 % over files")
    for language in (*sorted({row["language"] for row in rows}), ""):
        told = [row for row in rows if language in {"", row["language"]}]
        by_file: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for row in told:
            sums = by_file[row["language"], row["path"]]
            for at, value in enumerate((row["plain"], row["trimmed"], row["bytes"])):
                sums[at] += value
        sizes = [size for _, _, size in by_file.values()]
        plain, trimmed = (sum(sums[at] for sums in by_file.values()) / sum(sizes) for at in (0, 1))
        gain = interval([(sums[0] - sums[1]) / sums[2] for sums in by_file.values()], sizes)
        shown = f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
        better = sum(row["trimmed"] < row["plain"] for row in told)
        worse = sum(row["trimmed"] > row["plain"] for row in told)
        print(
            f"{language or 'all':12} {len(told):4} places  plain {plain:.3f}  trimmed {trimmed:.3f}  gain {shown}  {better} / {worse}"
        )


if __name__ == "__main__":
    main()
