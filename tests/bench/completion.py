"""Where the time of a completion goes: every step, at places of real files, with a GGUF model on two cores.

`python -m tests.bench.completion [--model FOLDER] [--dataset FOLDER] [--each N]`: default policy, the index of the dataset, no cache. 64 new tokens are always written: no text ends early here, so that
each request costs what the longest may.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from seedbed.models.inference import open_backend
from seedbed.models.inference.backend import Sampling
from seedbed.serving.completion.factory import open_completer
from seedbed.serving.completion.request import CompletionRequest
from tests.bench.places import DATASET, problems

POLICY = Path("recipes/safety/default.yaml")
NEW_TOKENS = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="build/models/starter")
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--each", type=int, default=40, help="places a language")
    options = parser.parse_args()
    completer = open_completer(
        lambda: open_backend(options.model, "llamacpp"), policy=POLICY, dataset=options.dataset, cache_bytes=0
    )
    rows, tokens = [], []
    for number, one in enumerate(problems(options.dataset, "test", options.each)):
        request = CompletionRequest(
            one.prefix, one.suffix, one.path, one.language, Sampling(max_new_tokens=NEW_TOKENS, temperature=0.2, seed=number)
        )
        start = time.process_time()
        answer = completer.complete(request)
        rows.append({**answer.timings_ms, "CPU of all": (time.process_time() - start) * 1000})
        tokens.append(answer.candidates[0].tokens)
    full = [row for row, count in zip(rows, tokens, strict=True) if count >= NEW_TOKENS - 1]
    print(
        f"{completer.name}, {platform.processor() or platform.machine()}, {len(rows)} places, {len(full)} with all tokens written"
    )
    for title, told in (("all", rows), (f"{NEW_TOKENS} tokens written", full)):
        print(f"{title:24} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
        for step in rows[0] if told else ():
            values = sorted(row[step] for row in told)
            print(f"  {step:22} {statistics.median(values):8.1f} {percentile(values, 0.95):8.1f} {values[-1]:8.1f}")
    completer.close()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so many are not above."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main()
