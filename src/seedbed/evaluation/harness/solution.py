"""The side of the solution: runs it, then answers what the tests ask. It knows no test, and nothing worth stealing."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import IO, Any

from .wire import LineClosedError, decode, encode, receive, send  # relative: the sandbox has this folder as `harness`

NAME = "solution"


def main(path: str) -> None:
    """Run the file, then answer until the line is closed."""
    asked, answers = _take_the_line()
    module = ModuleType(NAME)
    sys.modules[NAME] = module
    server = _Server(module)
    send(answers, server.answer(["run", path]))
    while True:
        try:
            message = receive(asked)
            send(answers, server.answer(message))
        except LineClosedError:
            return


def _take_the_line() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output, which become empty for later users."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    return asked, answers


class _Server:
    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._kept: dict[int, Any] = {}

    def answer(self, question: list[Any]) -> Any:
        """`["value", ...]`, or `["error", type, words]` for whatever was raised."""
        name, *arguments = question
        try:
            return ["value", encode(getattr(self, f"_{name}")(*arguments), self._keep)]
        except BaseException as error:  # noqa: BLE001 - SystemExit of a solution is its failure, like any other
            return ["error", _builtin_name(error), _words(error)]

    def _run(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            exec(compile(file.read(), "solution.py", "exec", dont_inherit=True), self._module.__dict__)  # noqa: S102 - what this process is for

    def _global(self, name: str) -> Any:
        return self._module.__dict__[name]

    def _call(self, function: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        values = [self._value(argument) for argument in arguments]
        return self._value(function)(*values, **{name: self._value(argument) for name, argument in named.items()})

    def _attribute(self, owner: Any, name: str) -> Any:
        return getattr(self._value(owner), name)

    def _items(self, owner: Any) -> list[Any]:
        return list(self._value(owner))

    def _value(self, message: Any) -> Any:
        return decode(message, lambda number: self._kept[number])

    def _keep(self, value: Any) -> dict[str, Any]:
        self._kept[id(value)] = value
        return {"kept": id(value)}


def _builtin_name(error: BaseException) -> str:
    """The nearest class of Python's own, which the tests may be waiting for."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")


def _words(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:1000]
    except Exception:  # noqa: BLE001 - an error that cannot say what it is
        return type(error).__name__
