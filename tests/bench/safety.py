"""What the safety checks cost, and how often bandit can read a fragment: `python -m tests.bench.safety [DATASET]`.

Fragments are real files of the test split, cut: a completion of one to eight lines, the last one cut anywhere.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from seedbed.serving.completion.request import Fragment
from seedbed.serving.completion.safety import judge, load_policy, preload

ROOT = Path(__file__).parent.parent.parent
FRAGMENTS = 100
MAX_LINES = 8


def fragments(dataset: Path, count: int, draw: random.Random) -> Iterator[Fragment]:
    """`count` fragments of each language's test split, all that stands behind the completion left out of half of them."""
    for folder in sorted((dataset / "data").iterdir()):
        rows = [row for path in sorted(folder.glob("test-*.parquet")) for row in pq.read_table(path).to_pylist()]
        for row in (draw.choice(rows) for _ in range(count)):
            lines = row["text"].splitlines(keepends=True)
            start = draw.randrange(len(lines))
            completion = "".join(lines[start : start + draw.randint(1, MAX_LINES)])
            cut = draw.randrange(len(completion) - len(completion.splitlines()[-1]), len(completion) + 1)
            suffix = completion[cut:] + "".join(lines[start + completion.count("\n") :])
            yield Fragment("".join(lines[:start]), completion[:cut], draw.choice([suffix, ""]), row["language"])


def main() -> None:
    dataset = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/datasets/starter")
    policy = load_policy(ROOT / "recipes" / "safety" / "default.yaml")
    preload(policy)
    seconds, unread, rules = defaultdict(list), 0, Counter()
    for fragment in fragments(dataset, FRAGMENTS, random.Random(6)):
        judge(fragment, policy) if len(seconds) == 0 else None
        start = time.perf_counter()
        verdict = judge(fragment, policy)
        seconds[fragment.language].append(time.perf_counter() - start)
        unread += bool(verdict.unread)
        rules.update({finding.rule for finding in verdict.findings})
    for language, spent in seconds.items():
        p50, p95 = np.percentile(np.array(spent) * 1e3, (50, 95))
        print(f"{language:<12}{len(spent):>5} fragments  p50 {p50:6.1f} ms  p95 {p95:6.1f} ms")
    print(f"bandit could not read {unread} of {FRAGMENTS} Python fragments")
    print("fragments with a finding:", ", ".join(f"{rule} {count}" for rule, count in rules.most_common()) or "none")


if __name__ == "__main__":
    main()
