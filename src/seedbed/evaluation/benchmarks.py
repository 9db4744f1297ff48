"""Benchmarks of programs, in the forms that they are published in, and where their problems come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from seedbed.core.config.recipe import Model
from seedbed.core.errors import InputError
from seedbed.core.syntax import named
from seedbed.core.syntax.language import Toolchain
from seedbed.evaluation.problems import Problem, human_eval, program_of, python_program, read_problems
from seedbed.evaluation.sandbox import Program

Text = Annotated[str, BeforeValidator(str)]


class ProgramProblem(Protocol):
    """A problem whose completion is run: its prompt, its stop words, and the program that tests a completion."""

    @property
    def task_id(self) -> str:
        """Its name, unique in its benchmark."""

    @property
    def question(self) -> str:
        """The prompt."""

    @property
    def ends(self) -> Sequence[str]:
        """Stop words of this problem."""

    @property
    def solution(self) -> str | None:
        """A correct completion, where the benchmark has one."""

    def judge(self, completion: str) -> Program:
        """The program that passes if the completion is correct."""

    def plain(self) -> dict[str, Any]:
        """As plain data, for a hash."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    def plain(self) -> dict[str, Any]:
        """As plain data, for a hash."""
        return self.model_dump(mode="json")


class HumanEval(Problem):
    """HumanEval and HumanEval+: a signature with its docstring, and `check(candidate)`."""

    ends: Sequence[str] = ()

    @property
    def question(self) -> str:
        """The signature and its docstring."""
        return self.prompt

    @property
    def solution(self) -> str | None:
        """The body that ships with it."""
        return self.canonical_solution

    def judge(self, completion: str) -> Program:
        """As `seedbed score` does."""
        return self.program(completion)

    def plain(self) -> dict[str, Any]:
        """As plain data, for a hash."""
        return self.model_dump(mode="json", exclude={"ends"})


class Mbpp(_Row):
    """MBPP and MBPP+: a sentence, some assertions as examples, and assertions (or a script of many) that judge.

    MBPP calls the sentence `text`, its edited part and MBPP+ `prompt`; `test` is MBPP+'s script.
    """

    task_id: Text
    text: str = Field(validation_alias="text", default="")
    prompt: str = ""
    code: str
    test_list: tuple[str, ...]
    test_setup_code: str = ""
    test_imports: tuple[str, ...] = ()
    test: str | None = None
    ends: Sequence[str] = ()

    @property
    def question(self) -> str:
        """Sentence and examples as a docstring at the top of a file, as the paper's prompts have them in words.

        Source: Austin et al. 2021, arXiv:2108.07732, section 4.1: description, then the assertions.
        """
        return '"""\n' + "\n".join([self.text or self.prompt, *self.test_list]) + '\n"""\n'

    @property
    def solution(self) -> str | None:
        """The program that ships with it."""
        return self.code

    def judge(self, completion: str) -> Program:
        """The assertions against the whole completion, which is a file of its own."""
        setup = "\n".join([*self.test_imports, self.test_setup_code])
        return python_program(completion, f"{setup}\n{self.test or chr(10).join(self.test_list)}\n")


class MultiplE(_Row):
    """MultiPL-E: a signature in another language, and tests that follow the function in the same file."""

    name: str
    prompt: str
    tests: str
    stop_tokens: tuple[str, ...] = ()
    toolchain: Toolchain | None = Field(default=None, exclude=True)

    @property
    def task_id(self) -> str:
        """Its name."""
        return self.name

    @property
    def question(self) -> str:
        """The signature."""
        return self.prompt

    @property
    def ends(self) -> Sequence[str]:
        """The stop tokens of its authors."""
        return self.stop_tokens

    @property
    def solution(self) -> str | None:
        """None ships with it."""
        return None

    def judge(self, completion: str) -> Program:
        """The file, compiled and run; exit code 0 passes. Raises: ValueError without a toolchain."""
        if self.toolchain is None:
            raise ValueError(f"{self.name}: no toolchain")
        return program_of(self.toolchain, f"{self.prompt}{completion}\n{self.tests}")


Form = Literal["humaneval", "mbpp", "multipl-e"]
AnyProblem = HumanEval | Mbpp | MultiplE
_FORMS: dict[Form, type[AnyProblem]] = {"humaneval": HumanEval, "mbpp": Mbpp, "multipl-e": MultiplE}


class ProblemSource(Model):
    """Where problems come from: an installed package, a dataset on a Hub, or a JSONL file; one of the three."""

    package: Literal["human-eval"] | None = None
    id: str | None = None
    config: str | None = None
    split: str = "test"
    revision: str | None = None
    path: str | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(place is not None for place in (self.package, self.id, self.path)) != 1:
            raise ValueError("one of package, id and path, and only one")
        return self


def load_problems(source: ProblemSource, form: Form, language: str, where: str) -> Sequence[ProgramProblem]:
    """The problems of a source, in their published order. `where` is what errors call the task.

    Raises: InputError when they are missing, or are in another form; MissingExtraError without the package.
    """
    problems = _read(source, form, where)
    toolchain = named(language).toolchain
    return [each.model_copy(update={"toolchain": toolchain}) if isinstance(each, MultiplE) else each for each in problems]


def _read(source: ProblemSource, form: Form, where: str) -> Sequence[AnyProblem]:
    if source.package is not None:
        return [HumanEval.model_validate(problem.model_dump()) for problem in human_eval()]
    if source.path is not None:
        return read_problems(Path(source.path), _FORMS[form])
    return [_problem(row, form, f"{where}: {source.id}: row {number}") for number, row in enumerate(_rows(source, where), 1)]


def _problem(row: Any, form: Form, where: str) -> AnyProblem:
    try:
        return _FORMS[form].model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: {key}: {first['msg']}; form {form}.") from error


def _rows(source: ProblemSource, where: str) -> Sequence[Any]:
    from datasets import load_dataset
    from datasets.exceptions import DatasetNotFoundError
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return list(load_dataset(str(source.id), source.config, split=source.split, revision=source.revision))
    except (DatasetNotFoundError, HfHubHTTPError, ValueError, OSError) as error:
        raise InputError(f"{where}: data.id: {source.id}: {error}") from error
