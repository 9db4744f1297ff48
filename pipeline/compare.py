"""Compare two evaluations, as lines or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seedbed.evaluation.compare import Difference, compare, difference_lines
from seedbed.evaluation.results import Results


def lines_of(first: Path, second: Path, *, as_json: bool) -> Iterator[str]:
    """How the second differs from the first. Raises: InputError where they are not comparable."""
    comparison = compare(Results.load(first), Results.load(second))
    if not as_json:
        yield from difference_lines(comparison)
        return
    for difference in comparison.differences:
        yield json.dumps(_plain(difference))
    for note in comparison.notes:
        yield json.dumps({"note": note})


def _plain(difference: Difference) -> dict[str, Any]:
    score = difference.before
    return {
        "task": difference.task,
        **{name: getattr(score, name) for name in ("metric", "statistic", "group", "unit", "problems")},
        "first": score.value,
        "second": difference.after.value,
        "difference": asdict(difference.change),
        "verdict": difference.verdict,
    }
