"""How often the judge of completions is right: true continuations, and the same ones damaged.

`python -m tests.agreement.syntax_of_completions DATASET [--split validation] [--problems 100]`: for each language, how many
places of the split are usable (what stands there is accepted), and how many damaged continuations are refused. A damage is one
opening bracket, round or square, of the function taken out, or a closing one doubled, in any line but the last two that are
judged.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from seedbed.core.config.training import DatasetChoice
from seedbed.core.syntax import parse, walk
from seedbed.evaluation.metrics.syntax import function_end
from seedbed.evaluation.prompts import CompletionProblem, Document, drawn, languages_of, read_split
from seedbed.evaluation.tasks.split import ProblemSelection, select_problems
from seedbed.evaluation.tasks.syntax import is_accepted

LINES = 8


def continuation(question: CompletionProblem) -> str:
    return "".join((question.truth + question.suffix).splitlines(keepends=True)[:LINES])


def damaged(question: CompletionProblem, chance: random.Random) -> str | None:
    """A continuation with one bracket too few or too many; None without such a token."""
    text = continuation(question)
    before = question.around + question.prefix[question.scope :]
    end = function_end(before + text, len(before), question.language, question.path, inside=1 if question.around else 0)
    text = text if end is None else text[: end - len(before)] + "\n"
    parsed = parse(question.prefix + text, question.language, question.path)
    assert parsed is not None
    first = len(question.prefix.encode())
    last = first + len("".join(text.splitlines(keepends=True)[:-2]).encode())
    leaves = walk(parsed)
    tokens = [
        (start - first, end - first)
        for start, end in zip(leaves.starts.tolist(), leaves.ends.tolist(), strict=True)
        if first <= start < last and parsed.source[start:end] in {b"(", b")", b"[", b"]"}
    ]
    if not tokens:
        return None
    start, end = chance.choice(tokens)
    data = text.encode()
    token = data[start:end]
    change = token * 2 if token in {b")", b"]"} else b""
    return (data[:start] + change + data[end:]).decode()


def measure(documents: Sequence[Document], language: str, problems: int) -> dict[str, int | float]:
    chance = random.Random(17)
    looked_at = select_problems(documents, ProblemSelection("line", problems, [language], 17))
    usable = [one for one in looked_at if is_accepted(one, continuation(one))]
    wrong = [(one, text) for one in usable if (text := damaged(one, chance)) is not None]
    start = time.perf_counter()
    refused = sum(not is_accepted(one, text) for one, text in wrong)
    seconds = time.perf_counter() - start
    return {
        "files": len(drawn(documents, language, 1 << 30, 17, "line")),
        "places": len(looked_at),
        "accepted": len(usable),
        "damaged": len(wrong),
        "refused": refused,
        "ms": round(1000 * seconds / max(1, len(wrong)), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--split", default="validation")
    parser.add_argument("--problems", type=int, default=100)
    options = parser.parse_args()
    documents = read_split(DatasetChoice(path=str(options.dataset)), options.split)
    for language in languages_of(documents):
        sys.stdout.write(json.dumps({"language": language, **measure(documents, language, options.problems)}) + "\n")


if __name__ == "__main__":
    main()
