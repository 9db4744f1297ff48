"""Is the trimmed context better than the nearest text alone: how likely a model finds the line that really stands there.

`python -m tests.bench.infilling [--model FOLDER] [--each N] [--budget TOKENS]`: lines of long files, prefix and suffix cut to the
same budget both ways, bits a byte of the true line by the transformers backend.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from pathlib import Path

from seedbed.completion.context import Context, plainly, trim
from seedbed.generation import Backend
from seedbed.model.generation import open_backend
from tests.bench.places import DATASET, Problem, problems

LINE_TOKENS = 48


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="build/models/starter")
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--split", default="test")
    parser.add_argument("--each", type=int, default=60, help="places a language")
    parser.add_argument("--budget", type=int, help="tokens of prefix and suffix together (default: what the model has room for)")
    options = parser.parse_args()
    backend = open_backend(options.model, "transformers")
    budget = options.budget or backend.context_tokens - LINE_TOKENS - 32
    sums: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for one in problems(options.dataset, options.split, options.each, least_characters=budget * 3):
        ids = backend.encode(one.line)
        if len(ids) > LINE_TOKENS:
            continue
        bits = [_bits(backend, one, ids, context) for context in _contexts(backend, one, budget)]
        sums[one.language].append((bits[0], bits[1], len(one.line.encode())))
    _print(sums, budget)
    backend.close()


def _contexts(backend: Backend, one: Problem, budget: int) -> tuple[Context, Context]:
    def count(text: str) -> int:
        return len(backend.encode(text)) if text else 0

    return plainly(one.prefix, one.suffix, budget, count), trim(one.prefix, one.suffix, one.language, budget, count)


def _bits(backend: Backend, one: Problem, ids: list[int], context: Context) -> float:
    prompt = backend.fim_prompt(context.prefix, context.suffix, path=one.path[-40:])
    told = backend.log_likelihood([*prompt, *ids])
    return -sum(told[len(prompt) - 1 :]) / math.log(2)


def _print(sums: dict[str, list[tuple[float, float, int]]], budget: int) -> None:
    print(f"budget {budget} tokens; bits a byte of the true line; places where the trimmed context finds it likelier, and less")
    everything = [row for rows in sums.values() for row in rows]
    for language, rows in [*sums.items(), ("all", everything)]:
        size = sum(row[2] for row in rows)
        plain, trimmed = (sum(row[at] for row in rows) / size for at in (0, 1))
        better, worse = sum(row[1] < row[0] for row in rows), sum(row[1] > row[0] for row in rows)
        print(f"{language:12} {len(rows):5} places  plain {plain:.3f}  trimmed {trimmed:.3f}  {better} / {worse}")


if __name__ == "__main__":
    main()
