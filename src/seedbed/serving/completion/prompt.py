"""What the model is shown for a request: the file around the cursor, related declarations, other files, within its context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Protocol

from seedbed.core.syntax import named
from seedbed.models.inference.backend import Backend, OtherFile
from seedbed.serving.completion.answer import Clock
from seedbed.serving.completion.context import LONGEST_TOKEN, Context, largest, trim
from seedbed.serving.completion.request import CompletionRequest

_FIM_TOKENS: Final = 3
"""Special tokens of a fill-in-the-middle prompt."""

_RETRIEVED_SHARE: Final = 0.25
"""Share of the context that retrieved declarations may take."""

_OTHER_FILES_SHARE: Final = 0.25
"""Share kept for other files of the request; they also get what the file leaves."""

Cost = Callable[[OtherFile], int]
"""Tokens of a piece of another file, with what names that file."""


class Retriever(Protocol):
    """Finds what else of a project and of its packages helps at a cursor."""

    def retrieve(self, request: CompletionRequest, budget: int, count: Callable[[str], int]) -> str:
        """Whole lines to put before the text, at most `budget` tokens of them; "" for nothing."""


class PromptBuilder:
    """Prompts for one model. Safe to use from many threads."""

    def __init__(self, backend: Backend, retriever: Retriever | None = None) -> None:
        self._backend, self._retriever = backend, retriever

    def is_fim(self, request: CompletionRequest) -> bool:
        """Whether the model is shown the text behind the cursor."""
        return self._backend.has_fim and bool(request.suffix.strip())

    def build(self, request: CompletionRequest, clock: Clock) -> list[int]:
        """Token ids of the prompt. A small context holds only the nearest lines."""
        with clock.step("context"):
            budget = self._budget(request)
            retrieved = self._retrieved(request, int(budget * _RETRIEVED_SHARE))
            left = budget - self._count(retrieved)
            reserved = self._cost(self._nearest(request, int(budget * _OTHER_FILES_SHARE)), request)
            suffix = request.suffix if self.is_fim(request) else ""
            kept = trim(request.prefix, suffix, request.language, left - reserved, self._count)
            others = self._nearest(request, left - self._count(kept.prefix) - self._count(kept.suffix))
        with clock.step("prompt"):
            return self._encode(Context(retrieved + kept.prefix, kept.suffix), others, request)

    def _budget(self, request: CompletionRequest) -> int:
        """Tokens for text: what the context leaves beside the completion and the marks of the prompt."""
        backend = self._backend
        marks = (
            backend.fim_prompt("", "", path=request.path) if self.is_fim(request) else backend.plain_prompt("", path=request.path)
        )
        room = backend.context_tokens - request.sampling.max_new_tokens
        return max(1, min(request.context_tokens or room, room, backend.context_tokens - 1) - len(marks) - _FIM_TOKENS)

    def _encode(self, context: Context, others: Sequence[OtherFile], request: CompletionRequest) -> list[int]:
        """Other files stand behind their marks where the model knows one, else as comments before the text."""
        prefix, backend = context.prefix, self._backend
        if not backend.has_files:
            prefix, others = as_comments(others, named(request.language).line_comment) + prefix, ()
        if self.is_fim(request):
            return backend.fim_prompt(prefix, context.suffix, path=request.path, others=others)
        return backend.plain_prompt(prefix, path=request.path, others=others)

    def _nearest(self, request: CompletionRequest, budget: int) -> tuple[OtherFile, ...]:
        """The request's other files that fit; one token is for the mark that the file itself then needs."""
        return nearest(request.others, budget - 1, lambda file: self._cost([file], request)) if request.others else ()

    def _cost(self, others: Sequence[OtherFile], request: CompletionRequest) -> int:
        """Tokens of other files as the model is shown them."""
        if not self._backend.has_files:
            return self._count(as_comments(others, named(request.language).line_comment))
        return sum(1 + self._count(f"{file.path}\n" if file.path else "") + self._count(file.text) for file in others)

    def _retrieved(self, request: CompletionRequest, budget: int) -> str:
        return self._retriever.retrieve(request, budget, self._count) if self._retriever and budget else ""

    def _count(self, text: str) -> int:
        """Tokens; for a text that no context holds, one more than the context has."""
        if len(text) > self._backend.context_tokens * LONGEST_TOKEN:  # a tokenizer may fail on a line of a million brackets
            return self._backend.context_tokens + 1
        return len(self._backend.encode(text)) if text else 0


def nearest(others: Sequence[OtherFile], budget: int, cost: Cost) -> tuple[OtherFile, ...]:
    """The last pieces that fit together, in order; of the first one that does not fit, its last lines."""
    taken: list[OtherFile] = []
    for file in reversed(others):
        is_long = len(file.text) > budget * LONGEST_TOKEN
        if not is_long and (price := cost(file)) <= budget:
            taken.append(file)
            budget -= price
            continue
        if part := _last_lines(file, budget, cost):
            taken.append(part)
        break
    return tuple(reversed(taken))


def _last_lines(file: OtherFile, budget: int, cost: Cost) -> OtherFile | None:
    lines = file.text[-budget * LONGEST_TOKEN :].splitlines(keepends=True) if budget else []
    whole = lines[1:]  # the first may be cut, and all of them do not fit
    number = largest(len(whole), lambda size: cost(_ending(file, whole, size)) <= budget)
    return _ending(file, whole, number) if number else None


def _ending(file: OtherFile, lines: Sequence[str], size: int) -> OtherFile:
    return replace(file, text="".join(lines[len(lines) - size :]))


def as_comments(others: Sequence[OtherFile], mark: str) -> str:
    """Pieces of other files as comments, each below its path, for a model that was not trained on several files.

    >>> as_comments([OtherFile("a.py", "x = 1\\n\\ny = 2")], "#")
    '# a.py:\\n# x = 1\\n#\\n# y = 2\\n'
    """
    lines = [line for file in others for line in (*([f"{file.path}:"] if file.path else ()), *file.text.splitlines())]
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in lines)
