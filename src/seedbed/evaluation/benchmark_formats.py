"""Problems of other benchmarks than HumanEval, in the forms that they are published in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from seedbed.evaluation.problems import Problem
from seedbed.evaluation.python_program import python_program
from seedbed.evaluation.sandbox import Program
from seedbed.evaluation.toolchains import Toolchain

Text = Annotated[str, BeforeValidator(str)]


class Judged(Protocol):
    """A problem as a task asks it: what is continued, which words end it, and the program that judges what came."""

    @property
    def task_id(self) -> str:
        """Its name, unique in its benchmark."""

    @property
    def question(self) -> str:
        """What a completion continues."""

    @property
    def ends(self) -> Sequence[str]:
        """Words that end a completion of this problem alone."""

    @property
    def solution(self) -> str | None:
        """A completion that is right, where the benchmark has one."""

    def judge(self, completion: str) -> Program:
        """The program that passes where the completion is right."""

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
        """What its authors stop at."""
        return self.stop_tokens

    @property
    def solution(self) -> str | None:
        """None ships with it."""
        return None

    def judge(self, completion: str) -> Program:
        """The file, compiled and run; exit code 0 is what passes."""
        if self.toolchain is None:
            raise ValueError(f"{self.name}: no toolchain")
        return self.toolchain.program(f"{self.prompt}{completion}\n{self.tests}")
