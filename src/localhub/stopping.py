"""Requests that are under way when the Hub is told to stop."""

from __future__ import annotations

from asyncio import CancelledError

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Stoppable:
    """An application in front of another, for which being cancelled is no failure: who waits for an answer gets `answer`.

    The server gives requests some seconds before it cancels them; what they have written is swept by their own `with`.
    """

    def __init__(self, app: ASGIApp, answer: ASGIApp) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except CancelledError:
            if not started:
                await self._answer(scope, receive, send)
