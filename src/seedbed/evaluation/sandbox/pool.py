"""Many programs, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from seedbed.evaluation.sandbox.check import check
from seedbed.evaluation.sandbox.program import Limits, Program, Verdict


def check_each(programs: Iterable[Program], limits: Limits | None = None, workers: int = 1) -> Iterator[Verdict]:
    """The verdicts of programs, in their order, each as soon as those before it are there.

    Args: programs: taken one by one, a little ahead of the verdicts; workers: sandboxes at once.
    Raises: SandboxError as `check` does; the first one ends the others.
    """
    waiting: deque[Future[Verdict]] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for program in programs:
            waiting.append(pool.submit(check, program, limits))
            if len(waiting) > 4 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def check_many(
    programs: Sequence[Program],
    limits: Limits | None = None,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> list[Verdict]:
    """The same at once.

    Args: progress: called with how many are done by now.
    """
    verdicts = []
    for verdict in check_each(programs, limits, workers):
        verdicts.append(verdict)
        if progress:
            progress(len(verdicts))
    return verdicts
