"""`seedbed serve`: one process that serves one model until it is told to stop."""

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
from seedbed.serving.http.middleware import Bounds, Gate
from seedbed.serving.http.rate_limit import Rates
from seedbed.serving.http.service import Service

_GRACE_SECONDS = 30
"""What is under way when the server is told to stop may go on for so long."""

_MOST_BYTES = 8_000_000
"""Of a body: a file of the longest that is looked at, in UTF-8 and JSON."""

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says.

    port: 0 takes any that is free; tokens: none lets everybody in who reaches the port; requests: completions at once; waiting:
    that may wait for them; rate: requests a minute of one caller, 0 for any number.
    """

    host: str
    port: int
    tokens: tuple[str, ...]
    requests: int
    waiting: int
    rate: float


def check(options: Options) -> None:
    """What can be said before a model is loaded. Raises: InputError."""
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
    """Serve until SIGTERM or ctrl-C; what is under way then is ended first. Prints the address when it is ready."""
    _log_our_own()
    with ThreadPoolExecutor(options.requests, "completion") as pool:
        admission = Admission(options.requests, options.waiting)
        metrics = Metrics(admission, completer.cache_counts, sink)
        app = create_app(Service(completer, admission, pool, metrics, int(time.time())), sink)
        bounds = Bounds(_MOST_BYTES, paths_of(app), _LOCAL_NAMES | {options.host} if is_loopback(options.host) else frozenset())
        gate = Gate(app, Access(options.tokens), Rates(options.rate), metrics, bounds)
        run(gate, listener, options.host, called="serving", grace_seconds=_GRACE_SECONDS)


def _log_our_own() -> None:
    """To stderr; what libraries say may quote a request."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger("seedbed").addHandler(handler)
    logging.getLogger().addHandler(logging.NullHandler())
