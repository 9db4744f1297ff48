"""`seedbed serve`: one process that serves one model until it is told to stop."""

from __future__ import annotations

import logging
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from seedbed.completion.completer import Completer
from seedbed.errors import InputError
from seedbed.feedback.file import FeedbackFile
from seedbed.server.access import Access, check_address, is_loopback
from seedbed.server.admission import Admission
from seedbed.server.app import create_app, paths_of
from seedbed.server.gate import Bounds, Gate
from seedbed.server.metrics import Metrics
from seedbed.server.rates import Rates
from seedbed.server.service import Service

_BACKLOG = 2048
_LAST_PORT = 65_535
_GRACE_SECONDS = 30
"""What is under way when the server is told to stop may go on for so long."""

_MOST_BYTES = 8_000_000
"""Of a body: a file of the longest that is looked at, in UTF-8 and JSON."""

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says.

    port: 0 takes any that is free; tokens: none lets everybody in who reaches the port; feedback: folder of events;
    requests: completions at once; waiting: that may wait for them; rate: requests a minute of one caller, 0 for any number.
    """

    host: str
    port: int
    tokens: tuple[str, ...]
    feedback: Path
    requests: int
    waiting: int
    rate: float


def check(options: Options) -> None:
    """What can be said before a model is loaded. Raises: InputError."""
    Access(options.tokens)
    check_address(options.host, options.tokens)
    if not 0 <= options.port <= _LAST_PORT:  # the system would take the rest of a division
        raise InputError(f"--port {options.port}: no port. Allowed: 1 to {_LAST_PORT}, or 0 for any that is free.")
    for option, value, least in (
        ("--requests", options.requests, 1),
        ("--waiting", options.waiting, 0),
        ("--rate", options.rate, 0),
    ):
        if not value >= least:
            raise InputError(f"{option} {value:g}: too few. Allowed: {least} and more.")


@contextmanager
def listening(options: Options) -> Iterator[socket.socket]:
    """The port, held before a model is loaded. Raises: InputError for one that is taken, or an address that is none."""
    try:
        ((family, kind, protocol, _, address), *_) = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, OverflowError) as error:
        raise InputError(f"--host {options.host}: not an address of this machine. Allowed: such as 127.0.0.1.") from error
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "no port"
            raise InputError(f"port {options.port}: {reason}. Allowed: a free port, 1 to 65535, or 0 for any.") from error
        yield listener


def serve(completer: Completer, options: Options, listener: socket.socket) -> None:
    """Serve until SIGTERM or ctrl-C; what is under way then is ended first. Prints the address when it is ready.

    Raises: InputError for a folder of feedback that cannot be written.
    """
    _log_our_own()
    with closing(FeedbackFile(options.feedback)) as sink, ThreadPoolExecutor(options.requests, "completion") as pool:
        admission = Admission(options.requests, options.waiting)
        metrics = Metrics(admission, completer.cache)
        app = create_app(Service(completer, admission, pool, metrics, int(time.time())), sink)
        bounds = Bounds(_MOST_BYTES, paths_of(app), _LOCAL_NAMES | {options.host} if is_loopback(options.host) else frozenset())
        gate = Gate(app, Access(options.tokens), Rates(options.rate), metrics, bounds)
        _run(gate, options.host, listener)


def _log_our_own() -> None:
    """To stderr; what libraries say may quote a request."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logging.getLogger("seedbed").addHandler(handler)
    logging.getLogger().addHandler(logging.NullHandler())


def _run(gate: Gate, host: str, listener: socket.socket) -> None:
    config = uvicorn.Config(
        gate,
        access_log=False,  # paths and addresses are nobody's business either
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    shown = f"[{host}]" if ":" in host else host
    _Server(config, f"http://{shown}:{listener.getsockname()[1]}").run([listener])


class _Server(uvicorn.Server):
    """Says when it is ready, and that being told to stop is no failure."""

    def __init__(self, config: uvicorn.Config, endpoint: str) -> None:
        super().__init__(config)
        self._endpoint = endpoint

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(f"serving: {self._endpoint}\n")
        sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()  # uvicorn would raise them again
