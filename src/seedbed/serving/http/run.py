"""`seedbed serve`: one process that serves one model until SIGTERM or ctrl-C."""

from __future__ import annotations

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from seedbed.core.errors import InputError
from seedbed.core.io.http_server import run
from seedbed.serving.completion.completer import Completer
from seedbed.serving.feedback.event import Sink
from seedbed.serving.http.access import Access, check_address, is_loopback
from seedbed.serving.http.admission import Admission
from seedbed.serving.http.app import create_app, paths_of
from seedbed.serving.http.metrics import Metrics
from seedbed.serving.http.middleware import Limits, Middleware
from seedbed.serving.http.rate_limit import RateLimit
from seedbed.serving.http.service import Service

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
