"""Requests over HTTP: lines as they come, an abort at any byte, errors in one line without the key."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import never
from seedbed.models.inference.streaming_http import Endpoint, RefusedError

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
SECONDS = 30


@contextmanager
def server(act: Callable[[socket.socket], None]) -> Iterator[Endpoint]:
    """A server that reads one request and then acts on its connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(65_536)
            act(connection)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):  # closing with unread bytes would reset the connection
                pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", "the-key", "the server")
        thread.join(SECONDS)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", []),
        (b"a\nb", ["a", "b"]),
        (b"data: {}\r\n\r\n", ["data: {}", ""]),
        ("a\u2028b\x85c\x0cd\n".encode(), ["a\u2028b\x85c\x0cd"]),
    ],
)
def test_a_line_ends_at_a_newline_and_nowhere_else(body: bytes, expected: list[str]) -> None:
    with server(lambda connection: connection.sendall(HEAD + body)) as endpoint:
        lines = list(endpoint.lines({"prompt": "a"}, never))

    assert lines == expected


def test_a_line_arrives_before_the_next_is_sent() -> None:
    is_read = threading.Event()

    def act(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"first\nsec")
        if is_read.wait(SECONDS):
            connection.sendall(b"ond\n")

    with server(act) as endpoint:
        lines = endpoint.lines({"prompt": "a"}, never)
        first = next(lines)
        is_read.set()
        rest = list(lines)

    assert (first, rest) == ("first", ["second"])


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200", HEAD + b"first\nsec"])
def test_cancelling_closes_the_connection_at_any_byte(sent: bytes) -> None:
    is_sent, is_closed = threading.Event(), threading.Event()

    def act(connection: socket.socket) -> None:
        connection.sendall(sent)
        is_sent.set()
        connection.settimeout(SECONDS)
        while connection.recv(65_536):
            pass
        is_closed.set()

    with server(act) as endpoint:
        lines = list(endpoint.lines({"prompt": "a"}, is_sent.is_set))

    assert is_closed.is_set()
    assert lines in ([], ["first"])


def test_a_response_that_breaks_off_is_one_line() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"

    with server(lambda connection: connection.sendall(head + b"half")) as endpoint, pytest.raises(GenerationError) as caught:
        list(endpoint.lines({"prompt": "a"}, never))

    assert str(caught.value).startswith("the server gives no answer: ")
    assert "\n" not in str(caught.value)
    assert "the-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b'{"error": {"message": "too long."}}', "too long"), (b'{"error": "busy"}', "busy"), (b"<p>", "<p>"), (b"", "no reason")],
)
def test_another_status_is_refused_with_the_servers_reason(body: bytes, reason: str) -> None:
    head = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"

    with server(lambda connection: connection.sendall(head + body)) as endpoint, pytest.raises(RefusedError, match=reason):
        list(endpoint.lines(None, never))


@pytest.mark.parametrize("key", ["secret\n", "secret key", "sécret"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(InputError, match="the key cannot be sent") as caught:
        Endpoint("http://127.0.0.1/v1", key, "the server")

    assert key not in str(caught.value)
