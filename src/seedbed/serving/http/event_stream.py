"""Server-sent events: an answer that is written while the model writes, and given up when the client goes away."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from seedbed.serving.http.disconnect import ClientDisconnectedError, while_wanted
from seedbed.serving.http.errors import Refusal, error_of
from seedbed.serving.http.metrics import Metrics

Event = Mapping[str, Any] | str
"""What stands behind `data: `; a text as it is."""


async def opened(request: Request, events: AsyncGenerator[Event], metrics: Metrics) -> EventStream:
    """An answer whose first event is there, so that what is refused has a status of its own. Raises: Refusal; GoneError."""
    first = await while_wanted(request, anext(events))
    return EventStream(first, events, metrics)


class EventStream(Response):
    """Owns its events: whatever ends the answer closes them."""

    media_type = "text/event-stream"

    def __init__(self, first: Event, events: AsyncGenerator[Event], metrics: Metrics) -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._first, self._events, self._metrics = first, events, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await while_wanted(Request(scope, receive), self._write(send))
        except ClientDisconnectedError:
            self._metrics.cancelled()
        finally:
            await self._events.aclose()

    async def _write(self, send: Send) -> None:
        await _send(send, self._first)
        try:
            async for event in self._events:
                await _send(send, event)
        except Refusal as refusal:  # it began well: the status is sent
            await _send(send, {"error": error_of(refusal.status_code, refusal.detail, refusal.code)})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(send: Send, event: Event) -> None:
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    await send({"type": "http.response.body", "body": f"data: {text}\n\n".encode(), "more_body": True})
