"""Completions for requests: each waits for its turn, runs in a thread, and ends when its client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeVar

from starlette.requests import Request

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import Cancelled
from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.admission import Admission
from seedbed.serving.http.disconnect import in_thread, pieces_in_thread, while_wanted
from seedbed.serving.http.errors import Refusal
from seedbed.serving.http.logprobs import Unshaped, written
from seedbed.serving.http.metrics import Metrics
from seedbed.serving.http.middleware import CALLER
from seedbed.serving.http.stream_filter import Guard

T = TypeVar("T")


@dataclass(frozen=True)
class Service:
    """One model and those who wait for it. created: seconds since 1970."""

    completer: Completer
    admission: Admission
    pool: ThreadPoolExecutor
    metrics: Metrics
    created: int

    @property
    def most_new_tokens(self) -> int:
        """Half of the context: what is asked for must leave room for what it follows."""
        return max(1, self.completer.backend.context_tokens // 2)

    async def complete(self, request: Request, wanted: Sequence[CompletionRequest]) -> list[Answer]:
        """An answer to each. Raises: Refusal; GoneError."""

        def act(cancelled: Cancelled) -> list[Answer]:
            return [self.completer.complete(one, cancelled) for one in wanted]

        answers = await while_wanted(request, self._run(request.scope[CALLER], act))
        for answer in answers:
            self.metrics.completed(answer)
        return answers

    async def unshaped(self, request: Request, wanted: Sequence[CompletionRequest]) -> list[Unshaped]:
        """What the model writes, as it is. Raises: as `complete`."""

        def act(cancelled: Cancelled) -> list[Unshaped]:
            return [written(self.completer, one, cancelled) for one in wanted]

        return await while_wanted(request, self._run(request.scope[CALLER], act))

    async def pieces(self, request: Request, wanted: CompletionRequest) -> AsyncGenerator[str | Answer]:
        """The text while it is written, then the answer. Raises: Refusal."""
        turn = self.admission.turn(request.scope[CALLER])
        told_later = pieces_in_thread(self.pool, lambda cancelled: self._streamed(wanted, cancelled))
        async with turn, aclosing(told_later) as told:
            try:
                async for piece in told:
                    if isinstance(piece, Answer):
                        self.metrics.completed(piece)
                    yield piece
            except (InputError, GenerationError) as error:
                raise refusal_of(error) from error

    async def _run(self, caller: str, act: Callable[[Cancelled], T]) -> T:
        """Do something in its turn."""
        async with self.admission.turn(caller):
            try:
                return await in_thread(self.pool, act)
            except (InputError, GenerationError) as error:
                raise refusal_of(error) from error

    def _streamed(self, wanted: CompletionRequest, cancelled: Cancelled) -> Iterator[str | Answer]:
        """What may be told while it is written; candidates beside each other are told when they are whole."""
        if wanted.sampling.n > 1:
            yield self.completer.complete(wanted, cancelled)
            return
        guard = Guard(wanted, self.completer.policy)
        for piece in self.completer.stream(wanted, cancelled):
            if isinstance(piece, Answer):
                best = piece.candidates[0]
                rest = "" if best.is_withheld else guard.rest(best.text)
                yield replace(piece, candidates=(replace(best, text=rest),))
            elif new := guard.push(piece):
                yield new


def refusal_of(error: InputError | GenerationError) -> Refusal:
    """Bad input is the client's to mend; a model that fails is nobody's, and may work again."""
    if isinstance(error, InputError):
        return Refusal(400, str(error), code="invalid_value", param=str(error).partition(":")[0])
    return Refusal(503, f"The model failed: {error}", code="model_failed", wait=1.0)


async def drained(pool: ThreadPoolExecutor) -> None:
    """Wait for what runs in a pool, without standing in the loop's way."""
    await asyncio.to_thread(pool.shutdown)
