"""Run programs in sandboxes and judge them: start a program and its peer, read its output, kill what is left."""

from __future__ import annotations

import os
import re
import select
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from seedbed.core.errors import SandboxError, one_line
from seedbed.evaluation.sandbox.bubblewrap import FAILED, PEER_IS_GONE, Limits, Outcome, Program, Running, Streams, Verdict, start

_CPU_LIMIT, _KILLED = 128 + 24, 128 + 9  # how bubblewrap reports SIGXCPU and SIGKILL
_MOST_REASON_CHARACTERS = 300
_ERROR = re.compile(r"([Ee]rror|Exception|panic|panicked|[Aa]ssertion)\b")


def check(program: Program, limits: Limits | None = None) -> Verdict:
    """Run a program within limits (default: `Limits()`).

    Returns: `passed` when it ended with exit code 0 and, where it has a token, printed it last; `timed_out` when CPU or wall
    time ran out; else `failed`. Nothing that it started is left when this returns.
    Raises: SandboxError when the sandbox itself does not work; nothing is known of the program then.
    """
    run = _Run(program, limits or Limits(), time.monotonic())
    with ExitStack() as stack:
        outcome, reason = run.judge(*run.started(stack))
    return Verdict(outcome, reason, run.seconds)


def check_each(programs: Iterable[Program], limits: Limits | None = None, workers: int = 1) -> Iterator[Verdict]:
    """The verdicts of programs, in order, each as soon as it and those before it are ready.

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
    """The verdicts of programs, as a list.

    Args: progress: called with the number done so far. Raises: SandboxError.
    """
    verdicts = []
    for verdict in check_each(programs, limits, workers):
        verdicts.append(verdict)
        if progress:
            progress(len(verdicts))
    return verdicts


@dataclass(frozen=True)
class _Run:
    program: Program
    limits: Limits
    start: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.start

    @property
    def left(self) -> float:
        """Seconds of wall time that are left."""
        return self.limits.wall_seconds - self.seconds

    def started(self, stack: ExitStack) -> tuple[int, Running, Running | None]:
        """Returns: the descriptor of the output that counts, the program, its peer."""
        with ExitStack() as handed_over:
            nothing = os.open(os.devnull, os.O_RDWR)
            handed_over.callback(os.close, nothing)
            output, output_end = _pipe(handed_over)
            stack.callback(os.close, output)
            if self.program.peer is None:
                return output, start(stack, self.program, self.limits, Streams(nothing, output_end, output_end)), None
            (answers, answering), (asked, asking) = _pipe(handed_over), _pipe(handed_over)
            handed_over.callback(os.close, answers)
            handed_over.callback(os.close, asked)
            peer = start(stack, self.program.peer, self.limits, Streams(asked, answering, nothing))
            return output, start(stack, self.program, self.limits, Streams(answers, asking, output_end)), peer

    def judge(self, output: int, program: Running, peer: Running | None) -> tuple[Outcome, str]:
        """Wait until it has ended or its time is up, and say what that means."""
        text = self._read(output)
        if text is None or not program.wait(self.left):
            return "timed_out", f"{self.limits.wall_seconds:g} s of wall time"
        lines = text.decode(errors="replace").rstrip().splitlines() or [""]
        code = program.exit_code(lines[-1])
        if code == 0 and self.program.token in (None, lines[-1]):
            return "passed", ""
        if peer and code != FAILED and lines[-1].startswith(("setpriv: ", "prlimit: ")):  # else it may be the peer's words
            raise SandboxError(f"{lines[-1]}: nothing was judged.")
        if code == PEER_IS_GONE and peer:
            return self._judge_end(peer, "the solution ended with")
        return self._failed(code, _telling(lines) or f"exit code {code}")

    def _judge_end(self, peer: Running, what: str) -> tuple[Outcome, str]:
        if not peer.wait(self.left):
            return "timed_out", f"{self.limits.wall_seconds:g} s of wall time"
        code = peer.exit_code()
        return self._failed(code, f"{what} exit code {code} before it answered")

    def _failed(self, code: int, reason: str) -> tuple[Outcome, str]:
        if code == _CPU_LIMIT or (code == _KILLED and self.seconds >= self.limits.cpu_seconds):
            return "timed_out", f"{self.limits.cpu_seconds} s of CPU time"
        return "failed", reason

    def _read(self, output: int) -> bytes | None:
        """The end of the output; None when time was up before it was closed."""
        kept = b""
        ready = select.poll()
        ready.register(output, select.POLLIN)
        while ready.poll(max(self.left, 0) * 1000):
            piece = os.read(output, 1 << 16)
            if not piece:
                return kept
            kept = (kept + piece)[-self.limits.output_bytes :]
        return None


def _telling(lines: list[str]) -> str:
    """The last line that names an error, else the last one: traces and versions come after it in some languages."""
    line = next((line for line in reversed(lines) if _ERROR.search(line)), lines[-1])
    return one_line(line)[:_MOST_REASON_CHARACTERS]


def _pipe(handed_over: ExitStack) -> tuple[int, int]:
    """Two ends, read and written; the written one is closed here once it is handed over."""
    read, written = os.pipe()
    handed_over.callback(os.close, written)
    return read, written
