"""Completions for HTTP requests: each waits for its turn, runs in a thread, and stops when its client disconnects."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import Cancelled
from seedbed.serving.completion.answer import Answer, TokenAnswer
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.access import Admission
from seedbed.serving.http.errors import Refusal
from seedbed.serving.http.metrics import Metrics
from seedbed.serving.http.middleware import CALLER
from seedbed.serving.http.streaming import iterate_in_thread, run_in_thread, until_disconnect

T = TypeVar("T")


@dataclass(frozen=True)
class Service:
    """One model and the queue of requests for it. created: seconds since 1970."""

    completer: Completer
    admission: Admission
    pool: ThreadPoolExecutor
    metrics: Metrics
    created: int

    @property
    def max_new_tokens(self) -> int:
        """Half of the context, so that the prompt has room too."""
        return max(1, self.completer.context_tokens // 2)

    async def complete(self, http: Request, requests: Sequence[CompletionRequest]) -> list[Answer]:
        """Complete each request.

        Raises: Refusal; ClientDisconnectedError.
        """
        answers = await self._run(http, lambda cancelled: [self.completer.complete(request, cancelled) for request in requests])
        for answer in answers:
            self.metrics.completed(answer)
        return answers

    async def complete_tokens(self, http: Request, requests: Sequence[CompletionRequest]) -> list[TokenAnswer]:
        """Complete each request with the probabilities of its tokens.

        Raises: Refusal; ClientDisconnectedError.
        """
        return await self._run(
            http, lambda cancelled: [self.completer.complete_tokens(request, cancelled) for request in requests]
        )

    async def stream(self, http: Request, request: CompletionRequest) -> AsyncGenerator[str | Answer]:
        """Yield the text of one candidate while it is written, then the answer; for several candidates the answer alone.

        Raises: Refusal.
        """
        turn = self.admission.turn(http.scope[CALLER])
        pieces = iterate_in_thread(self.pool, lambda cancelled: self._pieces(request, cancelled))
        async with turn, aclosing(pieces) as opened:
            try:
                async for piece in opened:
                    if isinstance(piece, Answer):
                        self.metrics.completed(piece)
                    yield piece
            except (InputError, GenerationError) as error:
                raise refusal_of(error) from error

    def _pieces(self, request: CompletionRequest, cancelled: Cancelled) -> Iterator[str | Answer]:
        if request.sampling.n > 1:
            yield self.completer.complete(request, cancelled)
        else:
            yield from self.completer.stream(request, cancelled)

    async def _run(self, http: Request, act: Callable[[Cancelled], T]) -> T:
        return await until_disconnect(http, self._in_turn(http.scope[CALLER], act))

    async def _in_turn(self, caller: str, act: Callable[[Cancelled], T]) -> T:
        async with self.admission.turn(caller):
            try:
                return await run_in_thread(self.pool, act)
            except (InputError, GenerationError) as error:
                raise refusal_of(error) from error


def refusal_of(error: InputError | GenerationError) -> Refusal:
    """400 for input that the client can correct; 503 for a model that fails, which may work again."""
    if isinstance(error, InputError):
        return Refusal(400, str(error), code="invalid_value", param=str(error).partition(":")[0])
    return Refusal(503, f"The model failed: {error}", code="model_failed", wait=1.0)
