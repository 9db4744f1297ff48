"""A `seedbed serve` in a process of its own, started, stopped and killed the way people do it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from openai import OpenAI

from tests.localhub.process import wait_for

READY = "serving: "
START_SECONDS = 90
STOP_SECONDS = 60


@dataclass
class Serving:
    """A server that keeps everything below `root`; `url` is known once it is ready."""

    root: Path
    model: str
    options: tuple[str, ...] = ()
    token: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def feedback(self) -> Path:
        return self.root / "build" / "feedback"

    def start(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        begin = len(self.log)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command(self.model, *self.options),
                stdout=log,
                stderr=log,
                cwd=self.root,
                env=environment(self.token) | self.extra,
            )
        self.url = wait_for(lambda: self._ready_line(begin), START_SECONDS, "the ready line of the server")

    def stop(self) -> int:
        """SIGTERM, as ctrl-C or a service manager would; the exit code."""
        self.tell(signal.SIGTERM)
        assert self.process
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        self.tell(signal.SIGKILL)
        assert self.process
        self.process.wait(STOP_SECONDS)

    def tell(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    def http(self) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def openai(self) -> OpenAI:
        return OpenAI(base_url=f"{self.url}/v1", api_key=self.token or "none", max_retries=0, http_client=self.http())

    def metric(self, name: str) -> float:
        """A number that /metrics tells; 0 for one that is not there yet."""
        with self.http() as client:
            found = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    @property
    def _log(self) -> Path:
        return self.root / "log"

    def _ready_line(self, begin: int) -> str:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode} before it was ready:\n{self.log[begin:]}")
        lines = self.log[begin:].splitlines(keepends=True)
        return next((line.removeprefix(READY).strip() for line in lines if line.startswith(READY) and line.endswith("\n")), "")


def command(model: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "seedbed.cli", "serve", "--model", model, "--port", "0", *options]


def environment(token: str = "") -> dict[str, str]:
    """As a person has it, with the token where nobody else sees it."""
    root = Path(__file__).parents[3]
    path = os.pathsep.join([str(root / "src"), str(root)])
    return os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": path, "SEEDBED_TOKEN": token}


@contextmanager
def serving(root: Path, model: str, *options: str, token: str = "") -> Iterator[Serving]:
    """A server that runs inside the block; a traceback in its log fails whoever used it."""
    server = Serving(root, model, options, token)
    try:
        server.start()
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.stop()
    assert "Traceback" not in server.log, f"the server printed a traceback:\n{server.log[-8000:]}"
