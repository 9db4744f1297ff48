"""The ASGI application: all routes, and every error in OpenAI's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from seedbed import __version__
from seedbed.core.errors import GenerationError, InputError
from seedbed.serving.feedback.event import Sink
from seedbed.serving.http import feedback_api, llama_api, openai_api
from seedbed.serving.http.errors import Refusal, problem
from seedbed.serving.http.metrics import CONTENT_TYPE
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
