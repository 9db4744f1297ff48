"""What is run, within which limits, and what came of it: data alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Outcome = Literal["passed", "failed", "timed_out"]
PROGRAM = "/program"
"""Where a program's files are inside; nothing there can be changed."""
WORK = "/work"
"""The current folder inside: empty, writable, in memory, gone with the sandbox."""


PEER_IS_GONE = 3
"""Exit code by which a program says that its peer closed the line: what the peer's own end was is then the reason."""
FAILED = 4
"""Exit code by which a program with a peer says that it came to a verdict, and that the last line is the reason."""


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use. A program with a peer is two sandboxes, each with all of it.

    `cpu_seconds` is what counts for a program that computes: other work on the machine does not change it. `wall_seconds`
    ends one that sleeps or waits. `memory_bytes` is the address space of one process. `processes` counts threads too: with
    1 the filter refuses every thread and process, with more it lets in what compilers need.
    """

    wall_seconds: float = 20.0
    cpu_seconds: int = 3
    memory_bytes: int = 1 << 30
    disk_bytes: int = 16 << 20
    file_bytes: int = 16 << 20
    open_files: int = 64
    processes: int = 1
    output_bytes: int = 64 << 10

    @classmethod
    def of_seconds(cls, seconds: float) -> Limits:
        """So many seconds to compute, whole ones and one at least.

        A program that waits gets five times that and five more: on a busy machine one that computes must not be taken for it.
        """
        cpu_seconds = max(math.ceil(seconds), 1)
        return cls(wall_seconds=5.0 * cpu_seconds + 5, cpu_seconds=cpu_seconds)


@dataclass(frozen=True)
class Program:
    """Files, and a command that is run beside them.

    Args:
        files: name -> content, found in /program.
        command: program and arguments; the current folder is /work, the environment is empty but for PATH, HOME and LANG.
        token: what the last line of output must be for `passed`; None: exit code 0 is enough.
        folders: folder inside -> folder of this machine, read-only.
        peer: a program in a sandbox of its own. The two are joined by standard input and output, and the output that counts
            is the standard error of this one; the peer's goes nowhere.
    """

    files: Mapping[str, bytes]
    command: tuple[str, ...]
    token: str | None = field(default=None, repr=False)
    folders: Mapping[str, Path] = field(default_factory=dict)
    peer: Program | None = None


@dataclass(frozen=True)
class Verdict:
    """What came of a program. `reason` is one printable line, empty when it passed; `seconds` are wall time."""

    outcome: Outcome
    reason: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether it did what was asked."""
        return self.outcome == "passed"

    @property
    def words(self) -> str:
        """As people read it: `passed`, `failed: AssertionError`, `timed out: ...`."""
        name = self.outcome.replace("_", " ")
        return f"{name}: {self.reason}" if self.reason else name
