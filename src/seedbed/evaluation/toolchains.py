"""Programs in other languages than Python: compiled and run in the sandbox by the toolchain that their language declares."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from seedbed.evaluation.sandbox import Limits, Program, check
from seedbed.evaluation.sandbox.program import PROGRAM

if TYPE_CHECKING:
    from seedbed.core.syntax.language import Toolchain

OWN_LANGUAGE: Final = "Python"
"""Its programs need no toolchain: `python_program` judges them, in two sandboxes."""
_PATH: Final = "/usr/bin:/bin"
"""What the sandbox sees of this machine's programs."""
_TRIAL_SECONDS: Final = 60


def program_of(toolchain: Toolchain, source: str) -> Program:
    """The program of a source."""
    script = toolchain.script.format(file=f"{PROGRAM}/{toolchain.file}")
    return Program({toolchain.file: source.encode("utf-8", "surrogatepass")}, ("/bin/sh", "-c", script))


def limits_of(toolchain: Toolchain, seconds: int) -> Limits:
    """Limits of a program: compilers start processes and threads, and reserve more memory than they use."""
    more = {"disk_bytes": 256 << 20, "file_bytes": 128 << 20, "open_files": 256, "processes": 128}
    return replace(Limits.of_seconds(seconds), memory_bytes=toolchain.memory_bytes, **more)


def obstacle(toolchain: Toolchain) -> str | None:
    """Why a toolchain does not work here, if it does not: a program is missing, or a first source comes out wrong.

    Raises: SandboxError where the sandbox itself does not work.
    """
    for name in toolchain.needs:
        if shutil.which(name, path=_PATH) is None:
            return f"{name} is not installed in {_PATH}"
    for source, passes in ((toolchain.good, True), (toolchain.bad, False)):
        verdict = check(program_of(toolchain, source), limits_of(toolchain, _TRIAL_SECONDS))
        if verdict.passed is not passes:
            return f"{toolchain.needs[0]} does not work in the sandbox: a first program {verdict.words}"
    return None
