"""A Python solution and its tests as a program of two processes, each in a sandbox of its own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from seedbed.evaluation.sandbox.bubblewrap import interpreter
from seedbed.evaluation.sandbox.program import PROGRAM, Program

_HARNESS = Path(__file__).parent / "harness"
_FLAGS = ("-S", "-s", "-P", "-B", "-X", "utf8")
_PACKAGES = "/packages"


def python_program(
    solution: str, tests: str, prelude: str = "", own: Sequence[str] = (), folders: Mapping[str, Path] | None = None
) -> Program:
    """The tests, with the solution as their peer.

    Args:
        solution: the whole text of the solution.
        tests: code that raises when the solution is wrong. Names that it does not define are the solution's.
        prelude: code that the tests may use and that is not the solution's to change, such as the helpers of a prompt.
        own: names of the prelude that are nevertheless taken from the solution.
        folders: packages that the tests may import: name -> folder.
    """
    token = secrets.token_hex(16)
    files = {"prelude.py": prelude, "tests.py": tests, "token": token}
    paths = [f"{PROGRAM}/{name}" for name in files]
    return Program(
        files={name: _bytes(text) for name, text in files.items()} | _harness(),
        command=_command("tests", [*paths, ",".join(own)]),
        token=token,
        folders={f"{_PACKAGES}/{name}": folder for name, folder in (folders or {}).items()},
        peer=Program({"solution.py": _bytes(solution)} | _harness(), _command("solution", [f"{PROGRAM}/solution.py"])),
    )


def _command(side: str, arguments: Sequence[str]) -> tuple[str, ...]:
    start = f"import sys; sys.path += [{PROGRAM!r}, {_PACKAGES!r}]; from harness.{side} import main; main(*sys.argv[1:])"
    return (interpreter(), *_FLAGS, "-c", start, *arguments)


@cache
def _harness() -> dict[str, bytes]:
    return {f"harness/{path.name}": path.read_bytes() for path in sorted(_HARNESS.glob("*.py"))}


def _bytes(text: str) -> bytes:
    """A completion may hold halves of characters; Python then refuses the file, which is the verdict."""
    return text.encode("utf-8", "surrogatepass")
