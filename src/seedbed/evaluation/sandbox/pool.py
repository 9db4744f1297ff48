"""Many programs, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from .check import check
from .program import Limits, Program, Verdict


def check_many(
    programs: Sequence[Program],
    limits: Limits | None = None,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> list[Verdict]:
    """The verdicts of programs, in their order.

    Args: workers: sandboxes at once; progress: called with how many are done by now.
    Raises: SandboxError as `check` does; the first one ends the others.
    """
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(check, program, limits) for program in programs]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                if progress:
                    progress(done)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures]
