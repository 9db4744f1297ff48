"""A program started in bubblewrap, and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass

from seedbed.core.errors import SandboxError
from seedbed.evaluation.sandbox.bubblewrap import bubblewrap_command
from seedbed.evaluation.sandbox.program import Limits, Program
from seedbed.evaluation.sandbox.seccomp import seccomp_filter

_GONE_SECONDS = 30.0
"""How long a sandbox that has ended, or was killed, may take to be gone."""


@dataclass(frozen=True)
class Streams:
    """Descriptors that become standard input, output and error."""

    stdin: int
    stdout: int
    stderr: int


@dataclass(frozen=True)
class Running:
    """A running bubblewrap. `status` is the descriptor on which it says whether the program began, and its exit code."""

    process: subprocess.Popen[bytes]
    status: int

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        try:
            self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def exit_code(self, output: str = "") -> int:
        """Exit code of the program once it has ended; 128 + the number of the signal that killed it.

        Raises: SandboxError when bubblewrap never came so far as to start it.
        """
        for line in os.read(self.status, 1 << 16).splitlines():
            code = json.loads(line).get("exit-code")
            if code is not None:
                return int(code)
        words = output or f"exit code {self.process.returncode}"
        raise SandboxError(f"bubblewrap could not start a program: {words}. See docs/method/sandbox.md for what it needs.")

    def kill(self) -> None:
        """End it and all that it started: the first process of its namespace dies with bubblewrap, and the rest with that."""
        self.process.kill()
        self.process.wait(_GONE_SECONDS)


def start(stack: ExitStack, program: Program, limits: Limits, streams: Streams) -> Running:
    """Start a program; it is killed when the stack is left.

    Raises: SandboxError where bubblewrap is not installed.
    """
    status, status_end = os.pipe()
    stack.callback(os.close, status)
    with ExitStack() as handed_over:
        handed_over.callback(os.close, status_end)
        files = {name: _in_memory(handed_over, content) for name, content in program.files.items()}
        rules = _in_memory(handed_over, seccomp_filter(limits.processes > 1))
        process = subprocess.Popen(
            bubblewrap_command(program, limits, files, rules, status_end),
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            pass_fds=[status_end, rules, *files.values()],
            cwd="/",
            env={},  # the first process of the sandbox shows in /proc what it was started with
        )
    running = Running(process, status)
    stack.callback(running.kill)
    return running


def _in_memory(stack: ExitStack, content: bytes) -> int:
    """A descriptor to read the content from; no file on a disk is ever written."""
    file = stack.enter_context(os.fdopen(os.memfd_create("seedbed"), "wb"))
    file.write(content)
    file.seek(0)
    return file.fileno()
