"""/v1/feedback: what a person did with a suggestion."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from seedbed.serving.feedback.event import FeedbackEvent, Sink
from seedbed.serving.http.errors import Refusal

router = APIRouter()


@router.post("/v1/feedback")
async def feedback(event: FeedbackEvent, request: Request) -> Response:
    """Keep an event, once. The response comes when it is on the disk.

    Raises: Refusal without consent, or when the event cannot be written.
    """
    if not event.consent:
        raise Refusal(400, "consent: false, so nothing is kept. Allowed: true.", code="no_consent", param="consent")
    sink: Sink = request.app.state.sink
    try:
        is_new = await asyncio.shield(asyncio.to_thread(sink.add, event))
    except OSError as error:
        raise Refusal(507, f"The event could not be kept: {error.strerror}.", code="not_kept", wait=10.0) from error
    if is_new:
        request.app.state.service.metrics.feedback_kept(event.action)
    return JSONResponse({"id": event.id, "object": "feedback", "is_new": is_new})
