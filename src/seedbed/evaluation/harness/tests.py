"""The side of the tests: runs them where no solution can reach, and asks the solution's process for what they call.

A global that the tests use and do not define is the solution's. Its functions are called there, with arguments and results
that cross as plain data.
"""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Iterator
from typing import IO, Any

from .wire import LineClosedError, decode, encode, receive, send  # relative: the sandbox has this folder as `harness`

_PEER_IS_GONE, _FAILED = 3, 4
"""Exit codes. What is said beside them may be the solution's words, so nothing is concluded from those."""
_ENDS_A_LOOP = ("StopIteration", "StopAsyncIteration")


def main(prelude: str, tests: str, token: str, own: str) -> None:
    """Run the tests; the last line on standard error is the token when they passed, else the reason why not.

    Args:
        prelude, tests, token: files. The prelude, which is trusted, runs first.
        own: names of the prelude, separated by commas, that are nevertheless the solution's.
    """
    answers, asked, report = (
        os.fdopen(os.dup(0), "rb"),
        os.fdopen(os.dup(1), "wb"),
        os.fdopen(os.dup(2), "w", errors="backslashreplace"),
    )
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    try:
        _run(_Line(answers, asked), prelude, tests, own)
    except LineClosedError:
        os._exit(_PEER_IS_GONE)
    except BaseException as error:  # noqa: BLE001 - whatever the tests raise is a failure
        report.write(f"\n{_reason(error)}\n")
        report.flush()
        os._exit(_FAILED)
    with open(token, encoding="utf-8") as file:
        report.write(f"\n{file.read()}\n")


def _run(line: _Line, prelude: str, tests: str, own: str) -> None:
    line.answer()  # the solution has been run
    names = _Names(line)
    for path in (prelude, tests):
        with open(path, encoding="utf-8") as file:
            exec(compile(file.read(), os.path.basename(path), "exec", dont_inherit=True), names)  # noqa: S102 - what this process is for
        if path == prelude:
            for name in filter(None, own.split(",")):
                names.pop(name, None)


def _reason(error: BaseException) -> str:
    if isinstance(error, SolutionError):
        return error.words
    words = " ".join(str(error).split())[:1000]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


class SolutionError(Exception):
    """The solution raised something."""

    words = ""


class _Line:
    """Questions to the other process, one answer each."""

    def __init__(self, answers: IO[bytes], asked: IO[bytes]) -> None:
        self._answers, self._asked = answers, asked
        self._known: dict[int, Remote] = {}

    def ask(self, *question: Any) -> Any:
        send(self._asked, question)
        return self.answer()

    def answer(self) -> Any:
        """Raises: the solution's error, as the nearest exception of Python's own."""
        kind, *content = receive(self._answers)
        if kind == "value":
            return decode(content[0], self._remote)
        raise _raised(*content)

    def message(self, value: Any) -> Any:
        return encode(value, _own_kept)

    def _remote(self, number: int) -> Remote:
        return self._known.setdefault(int(number), Remote(self, {"kept": int(number)}))


def _own_kept(value: Any) -> dict[str, Any]:
    if isinstance(value, Remote):
        return object.__getattribute__(value, "_place")  # type: ignore[no-any-return]
    raise TypeError(f"the tests hand over {type(value).__name__}, which is no plain data")


def _raised(name: str, words: str) -> BaseException:
    """The error as one that the tests may catch; what ends a loop is a RuntimeError, as it is where it leaves a generator."""
    kind = RuntimeError if name in _ENDS_A_LOOP else getattr(builtins, str(name), None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)) or issubclass(kind, ExceptionGroup):
        kind = Exception
    error = type(kind.__name__, (SolutionError, kind), {"__init__": Exception.__init__})(str(words))
    error.words = str(words)
    return error  # type: ignore[no-any-return]


class Remote:
    """Something of the solution's that is no plain data: a function, a class, an object. It equals itself alone."""

    def __init__(self, line: _Line, place: Any) -> None:
        self._line, self._place = line, place

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        line = self._line
        values = {name: line.message(value) for name, value in named.items()}
        return line.ask("call", self._place, [line.message(value) for value in arguments], values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._line.ask("attribute", self._place, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._line.ask("items", self._place))


class _Names(dict[str, Any]):
    """The tests' globals: what is missing is asked for, unless it is Python's own."""

    def __init__(self, line: _Line) -> None:
        super().__init__(__name__="tests")
        self._line = line

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        try:
            return self._line.ask("global", name)
        except SolutionError as error:
            raise KeyError(name) from error


if __name__ == "__main__":
    main(*sys.argv[1:])
