"""What `HfApi` says to a Space: settings, hardware, pause, restart."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, readable, writable
from localhub.errors import bad_request
from localhub.repositories import Repository
from localhub.routing import with_json
from localhub.spaces import Kind

_SPACE = "/api/spaces/{owner}/{name}"
_HARDWARE = ("cpu-basic", "cpu-upgrade", "t4-small", "t4-medium", "l4x1", "a10g-small", "a10g-large", "a100-large", "zero-a10g")


def runtime(request: Request) -> Response:
    return JSONResponse(hub_of(request).spaces.runtime(_space(request, readable).key))


def hardware(_: Request) -> Response:
    return JSONResponse([{"name": name, "prettyName": name, "cpu": None, "ram": None, "accelerator": None} for name in _HARDWARE])


def set_hardware(request: Request, body: dict[str, Any]) -> Response:
    flavor, sleep = body.get("flavor"), body.get("sleepTimeSeconds")
    if not isinstance(flavor, str) or not isinstance(sleep, int | None):
        raise bad_request("flavor is a text, sleepTimeSeconds a number")
    return _updated(request, hardware=flavor, **({} if sleep is None else {"sleep_seconds": sleep}))


def set_sleep_time(request: Request, body: dict[str, Any]) -> Response:
    seconds = body.get("seconds")
    if not isinstance(seconds, int):
        raise bad_request("seconds is a number, -1 for never")
    return _updated(request, sleep_seconds=seconds)


def pause(request: Request) -> Response:
    return _updated(request, stage="PAUSED")


def restart(request: Request) -> Response:
    return _updated(request, stage="RUNNING")


def set_dev_mode(request: Request, body: dict[str, Any]) -> Response:
    return _updated(request, dev_mode=int(body.get("enabled") is True))


def set_volumes(request: Request, body: dict[str, Any]) -> Response:
    return _updated(request, volumes=json.dumps(body.get("volumes") or []))


def delete_volumes(request: Request) -> Response:
    return _updated(request, volumes="[]")


def show_settings(request: Request) -> Response:
    space = _space(request, writable if _kind(request) == "secrets" else readable)
    return JSONResponse(hub_of(request).spaces.settings(space.key, _kind(request)))


def change_settings(request: Request, body: dict[str, Any]) -> Response:
    """POST puts a setting, DELETE drops one; both answer with those that there are then."""
    space, spaces, kind = _space(request, writable), hub_of(request).spaces, _kind(request)
    if request.method == "POST":
        spaces.put(space.key, kind, body)
    else:
        spaces.drop(space.key, kind, body.get("key"))
    return JSONResponse(spaces.settings(space.key, kind))


def _updated(request: Request, **columns: str | int | None) -> Response:
    space, spaces = _space(request, writable), hub_of(request).spaces
    spaces.update(space.key, **columns)
    return JSONResponse(spaces.runtime(space.key))


def _space(request: Request, permitted: Callable[[Request], Repository]) -> Repository:
    request.path_params["type"] = "space"
    return permitted(request)


def _kind(request: Request) -> Kind:
    return "secrets" if request.path_params["kind"] == "secrets" else "variables"


routes = [
    Route("/api/spaces/hardware", hardware),
    Route(f"{_SPACE}/runtime", runtime),
    Route(f"{_SPACE}/hardware", with_json(set_hardware), methods=["POST"]),
    Route(f"{_SPACE}/sleeptime", with_json(set_sleep_time), methods=["POST"]),
    Route(f"{_SPACE}/pause", pause, methods=["POST"]),
    Route(f"{_SPACE}/restart", restart, methods=["POST"]),
    Route(f"{_SPACE}/dev-mode", with_json(set_dev_mode), methods=["POST"]),
    Route(f"{_SPACE}/volumes", with_json(set_volumes), methods=["POST", "PUT"]),
    Route(f"{_SPACE}/volumes", delete_volumes, methods=["DELETE"]),
    Route(f"{_SPACE}/{{kind:settings}}", show_settings),
    Route(f"{_SPACE}/{{kind:settings}}", with_json(change_settings), methods=["POST", "DELETE"]),
]
