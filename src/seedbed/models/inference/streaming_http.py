"""HTTP requests whose response is read line by line and can be aborted at any byte."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Final

import httpx2

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import Cancelled

_TIMEOUT: Final = httpx2.Timeout(600.0, connect=10.0)
"""Seconds without a byte; a server may read a long prompt before it sends its first one."""

_POLL_SECONDS: Final = 0.02
"""How often `cancelled` is called while no line arrives."""

_LONGEST_REASON: Final = 300
_CONNECTED: Final = {"connection.connect_tcp.complete", "connection.start_tls.complete"}


class RefusedError(GenerationError):
    """The server answered with another status than 200."""


class Endpoint:
    """One URL of a server. Every request has its own connection: closing it is what tells the server to stop."""

    def __init__(self, url: str, key: str, server: str) -> None:
        """Args: key: bearer token, "" for none; server: its name in errors.

        Raises: InputError for a key that cannot be sent in a header; the message does not repeat the key.
        """
        if not (key.isascii() and (key.isprintable() or not key)) or " " in key:
            raise InputError(f"{server}: the key cannot be sent. Allowed: printable ASCII characters without spaces.")
        self._url, self._server = url, server
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def lines(self, body: Mapping[str, Any] | None, cancelled: Cancelled) -> Iterator[str]:
        """Lines of the response to a POST of `body` as JSON, or to a GET without one; they end early once `cancelled()` is true.

        Raises: RefusedError with the server's reason; GenerationError when it does not answer or breaks off.
        """
        received: SimpleQueue[str | Exception | None] = SimpleQueue()
        connection = _Connection()
        reader = Thread(target=self._read, args=(body, connection, received), daemon=True)
        reader.start()
        try:
            yield from _until_end(received, cancelled)
        finally:
            connection.abort()
            reader.join()

    def _read(
        self, body: Mapping[str, Any] | None, connection: _Connection, received: SimpleQueue[str | Exception | None]
    ) -> None:
        """Run in a thread of its own, because a blocking read cannot look at `cancelled`."""
        try:
            with httpx2.Client(verify=_tls(), timeout=_TIMEOUT, trust_env=False, headers=self._headers) as client:
                method, content = ("POST", json.dumps(body)) if body else ("GET", None)
                with client.stream(method, self._url, content=content, extensions={"trace": connection.trace}) as response:
                    if response.status_code == httpx2.codes.OK:
                        for line in _lines(response.iter_raw()):
                            received.put(line)
                        received.put(None)
                    else:
                        received.put(RefusedError(_reason(response.read())))
        except (httpx2.HTTPError, OSError, UnicodeDecodeError) as error:
            received.put(GenerationError(f"{self._server} gives no answer: {error or type(error).__name__}."))


class _Connection:
    """The socket of one request, which another thread may shut down at any time."""

    def __init__(self) -> None:
        self._lock, self._socket, self._is_aborted = Lock(), None, False

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Take the socket when httpx has connected it. Source: httpx, "Extensions": trace, network_stream."""
        if event in _CONNECTED:
            with self._lock:
                self._socket = details["return_value"].get_extra_info("socket")
            if self._is_aborted:
                self.abort()

    def abort(self) -> None:
        """Wake the thread that reads; nothing happens where the response is complete."""
        with self._lock:
            self._is_aborted = True
            if self._socket is not None:
                _shut_down(self._socket)


def _shut_down(connected: socket.socket) -> None:
    with suppress(OSError):  # closed already
        connected.shutdown(socket.SHUT_RDWR)


def _until_end(received: SimpleQueue[str | Exception | None], cancelled: Cancelled) -> Iterator[str]:
    while not cancelled():
        try:
            line = received.get(timeout=_POLL_SECONDS)
        except Empty:
            continue
        if line is None:
            return
        if isinstance(line, Exception):
            raise line
        yield line


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    r"""Lines of UTF-8 that end at \n; httpx's own `iter_lines` also splits at U+2028, which JSON may contain as it is."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode().rstrip("\r") for line in whole)
    if rest:
        yield rest.decode()


def _reason(body: bytes) -> str:
    """The reason that an error response gives."""
    text = body.decode(errors="replace")
    try:
        error = json.loads(text)["error"]
        text = str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError):
        pass  # not in OpenAI's form: the text itself
    return text[:_LONGEST_REASON].rstrip(".") or "no reason given"


@cache
def _tls() -> ssl.SSLContext:
    """The system's certificates, read once: it takes longer than a short completion."""
    return ssl.create_default_context()
