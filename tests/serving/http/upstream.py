"""A server elsewhere whose model writes when a test says so, fails when it says so, and notices when it is hung up on."""

from __future__ import annotations

import json
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECONDS = 30


class Upstream(ThreadingHTTPServer):
    """What it is told is in `asked`. `go` lets it write; while that is not set, each question waits.

    texts: what it answers, the last one again and again; fails: answers 500 in place of them.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.go = threading.Event()
        self.reset()

    def reset(self) -> None:
        self.go.set()
        self.hung_up = threading.Event()
        self.began = threading.Semaphore(0)
        self.texts = ["pass\n"]
        self.fails = False
        self.asked: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Upstream

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._say({"data": [{"id": "elsewhere", "max_model_len": 1000}]})

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(question)
        self.server.began.release()
        while not self.server.go.wait(0.01):
            if select.select([self.connection], [], [], 0)[0]:  # end of file: whoever asked is gone
                self.server.hung_up.set()
                return
        if self.server.fails:
            self.send_error(500, "out of memory")
            return
        text = self.server.texts[0] if len(self.server.texts) == 1 else self.server.texts.pop(0)
        if question.get("stream"):
            self._stream(text)
        else:
            choices = [{"index": index, "text": text, "finish_reason": "stop"} for index in range(question["n"])]
            self._say({"choices": choices})

    def _say(self, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        for letter in text:
            self._event({"choices": [{"index": 0, "text": letter, "finish_reason": None}]})
        self._event({"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]})

    def _event(self, told: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(told)}\n\n".encode())
        self.wfile.flush()


@contextmanager
def running() -> Iterator[Upstream]:
    """One that runs inside the block."""
    upstream = Upstream()
    thread = threading.Thread(target=upstream.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        upstream.go.set()
        upstream.shutdown()
        upstream.server_close()
        thread.join(SECONDS)
