"""The server: its routes, and how it starts and stops."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from seedbed import __version__
from seedbed.core.errors import GenerationError, InputError
from seedbed.core.io.http_server import run
from seedbed.serving.completion.completer import Completer
from seedbed.serving.feedback.event import Sink
from seedbed.serving.http import feedback_api, llama_api, openai_api
from seedbed.serving.http.access import Access, Admission, RateLimit, check_address, is_loopback
from seedbed.serving.http.errors import Refusal, problem
from seedbed.serving.http.metrics import CONTENT_TYPE, Metrics
from seedbed.serving.http.middleware import Limits, Middleware
from seedbed.serving.http.service import Service, refusal_of
from seedbed.serving.http.streaming import ClientDisconnectedError

_CLIENT_CLOSED_REQUEST = 499
_router = APIRouter()


def create_app(service: Service, sink: Sink) -> FastAPI:
    """Put the routes together. No documentation page: it would load scripts from a CDN; /openapi.json has the same content."""
    app = FastAPI(title="Seedbed", version=__version__, docs_url=None, redoc_url=None)
    app.state.service, app.state.sink = service, sink
    for router in (openai_api.router, llama_api.router, feedback_api.router, _router):
        app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(InputError, _failed)
    app.add_exception_handler(GenerationError, _failed)
    app.add_exception_handler(ClientDisconnectedError, _disconnected)
    return app


def paths_of(app: FastAPI) -> frozenset[str]:
    """Paths without a variable part."""
    return frozenset(path for path in app.openapi()["paths"] if "{" not in path)


@_router.get("/healthz")
@_router.get("/health")
async def health(request: Request) -> Response:
    """Say that the process is alive, and which model it serves."""
    return JSONResponse({"status": "ok", "model": request.app.state.service.completer.name})


@_router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(request.app.state.service.metrics.text(), media_type=CONTENT_TYPE)


async def _refused(_: Request, error: Exception) -> Response:
    if isinstance(error, Refusal):
        return error.response()
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    return problem(error.status_code, f"{error.detail}.", headers=dict(error.headers or {}))


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    first: Mapping[str, Any] = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    if first["type"] == "json_invalid":
        return problem(400, f"The body is not JSON: {first['ctx']['error']} at character {where}.", code="invalid_json")
    if not where and first["type"] == "model_attributes_type":  # pydantic's own message speaks of dictionaries
        message = "The body is not a JSON object. Allowed: a JSON object, with the header Content-Type: application/json."
        return problem(400, message, code="invalid_json")
    message = str(first["msg"]).removeprefix("Value error, ")
    return problem(400, f"{where or 'body'}: {message}.", code="invalid_value", param=where or None)


async def _failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, InputError | GenerationError)  # noqa: S101 - registered for this class
    return refusal_of(error).response()


async def _disconnected(request: Request, _: Exception) -> Response:
    request.app.state.service.metrics.cancelled()
    return Response(status_code=_CLIENT_CLOSED_REQUEST)


_GRACE_SECONDS = 30
"""Time for running requests to end when the server stops."""

_MAX_BODY_BYTES = 8_000_000
"""Enough for a file of the allowed length, in UTF-8 and JSON."""

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the command.

    port: 0 for any free one; tokens: none for an open server; requests: concurrent completions; waiting: length of the queue;
    rate: requests a minute of one caller, 0 for no limit.
    """

    host: str
    port: int
    tokens: tuple[str, ...]
    requests: int
    waiting: int
    rate: float


def check(options: Options) -> None:
    """Check the options before a model is loaded.

    Raises: InputError for a value that is not allowed, and for an address that other machines reach without a token.
    """
    Access(options.tokens)
    check_address(options.host, options.tokens)
    for option, value, least in (
        ("--requests", options.requests, 1),
        ("--waiting", options.waiting, 0),
        ("--rate", options.rate, 0),
    ):
        if not value >= least:
            raise InputError(f"{option} {value:g}: too few. Allowed: {least} and more.")


def serve(completer: Completer, sink: Sink, options: Options, listener: socket.socket) -> None:
    """Serve until SIGTERM or ctrl-C, then let running requests end. Prints the address when the server is ready."""
    _log_our_own()
    with ThreadPoolExecutor(options.requests, "completion") as pool:
        admission = Admission(options.requests, options.waiting)
        metrics = Metrics(admission, completer.cache_counts, sink)
        app = create_app(Service(completer, admission, pool, metrics, int(time.time())), sink)
        limits = Limits(
            _MAX_BODY_BYTES, paths_of(app), _LOCAL_NAMES | {options.host} if is_loopback(options.host) else frozenset()
        )
        middleware = Middleware(app, Access(options.tokens), RateLimit(options.rate), metrics, limits)
        run(middleware, listener, options.host, called="serving", grace_seconds=_GRACE_SECONDS)


def _log_our_own() -> None:
    """Log to stderr what seedbed logs; messages of libraries may quote a request."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger("seedbed").addHandler(handler)
    logging.getLogger().addHandler(logging.NullHandler())
