"""Programs in other languages than Python: how each is compiled and run in the sandbox, and whether that works here."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from seedbed.evaluation.sandbox import Limits, Program, check
from seedbed.evaluation.sandbox.program import PROGRAM

_SEEN: Final = "/usr/bin:/bin"
"""What the sandbox sees of this machine's programs."""
_GB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Toolchain:
    """How a file of a language becomes a verdict: exit code 0 is what passes.

    `script` is what a shell runs, `{file}` the source; `needs` are the programs; `good` and `bad` are files of which the one
    passes and the other fails where it all works.
    """

    file: str
    script: str
    needs: tuple[str, ...]
    good: str
    bad: str
    memory_bytes: int = 4 * _GB

    def program(self, source: str) -> Program:
        """The program of a source."""
        script = self.script.format(file=f"{PROGRAM}/{self.file}")
        return Program({self.file: source.encode("utf-8", "surrogatepass")}, ("/bin/sh", "-c", script))

    def limits(self, seconds: int) -> Limits:
        """Limits of a program: compilers start processes and threads, and reserve more memory than they use."""
        more = {"disk_bytes": 256 << 20, "file_bytes": 128 << 20, "open_files": 256, "processes": 128}
        return replace(Limits.of_seconds(seconds), memory_bytes=self.memory_bytes, **more)

    def obstacle(self) -> str | None:
        """Why it does not work here, where it does not: something is missing, or a first program comes out wrong.

        Raises: SandboxError where the sandbox itself does not work.
        """
        for name in self.needs:
            if shutil.which(name, path=_SEEN) is None:
                return f"{name} is not installed in {_SEEN}"
        for source, wanted in ((self.good, True), (self.bad, False)):
            verdict = check(self.program(source), self.limits(_FIRST_SECONDS))
            if verdict.passed is not wanted:
                return f"{self.needs[0]} does not work in the sandbox: a first program {verdict.words}"
        return None


_FIRST_SECONDS: Final = 60

TOOLCHAINS: Final[Mapping[str, Toolchain]] = MappingProxyType(
    {
        "JavaScript": Toolchain(
            file="main.js",
            script="exec node --max-old-space-size=512 {file}",
            needs=("node",),
            good="require('assert')(true);",
            bad="require('assert')(false);",
            memory_bytes=64 * _GB,  # it reserves addresses for its code cage; memory is bounded by its own flag
        ),
        "TypeScript": Toolchain(
            file="main.ts",
            script="tsc --target es2020 --module commonjs --outDir . {file} && exec node --max-old-space-size=512 main.js",
            needs=("tsc", "node"),
            good="let one: number = 1; if (one !== 1) throw new Error();",
            bad="let one: number = 1; if (one === 1) throw new Error();",
            memory_bytes=64 * _GB,
        ),
        "C++": Toolchain(
            file="main.cpp",
            script="g++ -std=c++17 -O1 -o /work/main {file} && exec /work/main",
            needs=("g++",),
            good="#include<cassert>\nint main() { assert(1); }",
            bad="#include<cassert>\nint main() { assert(0); }",
        ),
        "Rust": Toolchain(
            file="main.rs",
            script="rustc -o /work/main {file} && exec /work/main",
            needs=("rustc",),
            good="fn main() { assert_eq!(1, 1); }",
            bad="fn main() { assert_eq!(1, 2); }",
        ),
        "Go": Toolchain(
            file="main_test.go",
            script="cd /work && cp {file} . && GOCACHE=/work GOFLAGS=-mod=mod GO111MODULE=off exec go test main_test.go",
            needs=("go",),
            good='package main\nimport "testing"\nfunc TestOne(t *testing.T) {}',
            bad='package main\nimport "testing"\nfunc TestOne(t *testing.T) { t.Fail() }',
        ),
    }
)
"""By display name. Python's programs are judged by `python_program`, in two sandboxes."""

REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {"Java": "the Java virtual machine opens a pair of sockets when it opens a file, which the sandbox refuses"}
)
"""Languages that cannot be run in the sandbox, and why."""
