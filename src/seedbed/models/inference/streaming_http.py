"""One question to a server over HTTP, its answer line by line, and a way to hang up in the middle of a word."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from seedbed.core.errors import GenerationError
from seedbed.models.inference.backend import Cancelled

_SECONDS = 600.0
_LOOK_SECONDS = 0.02
"""How often somebody is asked whether the answer is still wanted."""

_WORDS = 300


class AnswerError(GenerationError):
    """The server understood, and refused."""


class Exchange:
    """A connection of its own for each question: hanging up is what tells the server to stop."""

    def __init__(self, address: str, key: str, who: str) -> None:
        """Args: key: bearer token, "" for none; who: what errors call the server."""
        parts = urlsplit(address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(str(parts.hostname), parts.port, timeout=_SECONDS)
        self._path, self._who = parts.path, who
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})

    def lines(self, question: Mapping[str, Any] | None, cancelled: Cancelled) -> Iterator[str]:
        """Lines of the answer, without their ends; without a question, of what stands at the address.

        Raises: AnswerError with the server's words; GenerationError when it does not answer, or stops in between.
        """
        told: SimpleQueue[str | Exception | None] = SimpleQueue()
        try:
            self._connection.connect()
        except OSError as error:
            raise GenerationError(f"{self._who} gives no answer: {error}.") from error
        line = self._connection.sock
        reader = Thread(target=self._read, args=(json.dumps(question) if question else None, told), daemon=True)
        reader.start()
        try:
            yield from self._told(told, cancelled)
        finally:
            _hang_up(line)
            reader.join()

    def _told(self, told: SimpleQueue[str | Exception | None], cancelled: Cancelled) -> Iterator[str]:
        while not cancelled():
            try:
                line = told.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            if line is None:
                return
            if isinstance(line, Exception):
                raise line
            yield line

    def _read(self, question: str | None, told: SimpleQueue[str | Exception | None]) -> None:
        """Runs beside, since a blocking read cannot be asked to give up."""
        try:
            self._connection.request("POST" if question else "GET", self._path, question, self._headers)
            answer = self._connection.getresponse()
            if answer.status != 200:
                told.put(AnswerError(_words(answer.read())))
                return
            for line in answer:
                told.put(line.decode().rstrip("\r\n"))
            told.put(None)
        except (OSError, HTTPException, UnicodeDecodeError) as error:
            told.put(GenerationError(f"{self._who} gives no answer: {error or type(error).__name__}."))
        finally:
            self._connection.close()


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the answer was whole, and the server has hung up itself
    finally:
        line.close()


def _words(body: bytes) -> str:
    """What a server says is wrong, in its own words."""
    text = body.decode(errors="replace")
    try:
        told = json.loads(text)["error"]
        return str(told["message"] if isinstance(told, dict) else told)[:_WORDS].rstrip(".")
    except (ValueError, KeyError, TypeError):
        return text[:_WORDS].rstrip(".") or "no words"
