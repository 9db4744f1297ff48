"""What `seedbed inspect FILE` takes: `python -m tests.bench.inspect [ROUNDS]` (`make bench-inspect`).

Each round is a process of its own, on a small Python file beside an Apache LICENSE and a manifest. "first" has an empty cache, "new"
a header that was never seen, "warm" a file whose texts are in the cache. Medians; the first run is only one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
LICENSE = ROOT / "LICENSE"
MANIFEST = '[project]\nname = "small"\nlicense = "Apache-2.0"\n'
CODE = "".join(f"\n\ndef scaled_{number}(value):\n    return value * {number} + offset({number})\n" for number in range(9))
TYPES = ("mouse", "window", "parser", "network", "colour", "matrix", "string", "kernel", "editor", "planet")


def header(number: int) -> str:
    """A license header that no other number has, so that its text must be scanned."""
    name = f"{TYPES[number % len(TYPES)]} {number}"
    return f"# Functions of the {name}.\n# Licensed under the Apache License, Version 2.0, the {name} included.\n"


def measured(file: Path, cache: Path) -> tuple[float, float, float]:
    """Seconds on the clock, CPU seconds and largest resident size in MB of one process and its children."""
    variables = os.environ | {"SEEDBED_CACHE": str(cache), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    start = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "seedbed.cli", "inspect", str(file)],
        variables,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"inspect ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def report(name: str, rounds: list[tuple[float, float, float]]) -> None:
    wall, cpu, memory = (median(column) for column in zip(*rounds, strict=True))
    print(f"{name:<8} {wall:6.2f} s wall  {cpu:6.2f} CPU s  {memory:6.0f} MB  ({len(rounds)} runs)", flush=True)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        project, cache = Path(folder, "project"), Path(folder, "cache")
        project.mkdir()
        (project / "LICENSE").write_bytes(LICENSE.read_bytes())
        (project / "pyproject.toml").write_text(MANIFEST, encoding="utf-8")
        file = project / "small.py"
        file.write_text(header(0) + CODE, encoding="utf-8")
        report("first", [measured(file, cache)])
        new = []
        for number in range(1, rounds + 1):
            file.write_text(header(number) + CODE, encoding="utf-8")
            new.append(measured(file, cache))
        report("new", new)
        report("warm", [measured(file, cache) for _ in range(rounds)])


if __name__ == "__main__":
    main()
