"""Large bodies of requests, taken in as they come."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from localhub.errors import HubError, bad_request

# One hop to a worker thread a MiB, instead of one for every 64 KiB that the server hands over.
_PIECE_BYTES = 1024 * 1024


async def pour(request: Request, write: Callable[[bytes], object], max_bytes: int) -> int:
    """Hand a request's body to `write`, in pieces and in another thread. Returns its bytes.

    Raises: HubError 413 as soon as there are more than `max_bytes`, 400 when the client goes away.
    """
    total = 0
    piece = bytearray()
    try:
        async for data in request.stream():
            total += len(data)
            if total > max_bytes:
                raise HubError(413, f"More than {max_bytes} bytes were sent")
            piece += data
            if len(piece) >= _PIECE_BYTES:
                await run_in_threadpool(write, bytes(piece))
                piece.clear()
    except ClientDisconnect as error:
        raise bad_request("The body was cut off") from error
    if piece:
        await run_in_threadpool(write, bytes(piece))
    return total
