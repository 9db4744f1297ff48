"""The playground in a process of its own, started the way a Space starts it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradio_client import Client

from tests.localhub.process import wait_for

ROOT = Path(__file__).parents[2]
APP = ROOT / "spaces" / "playground" / "app.py"
START_SECONDS = 90
STOP_SECONDS = 60


@dataclass
class Playground:
    """An app that keeps everything below `root`; `url` is known once it is ready."""

    root: Path
    variables: dict[str, str]
    script: Path = APP
    url: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def events(self) -> list[dict[str, Any]]:
        """What is on the disk of all visitors' feedback."""
        return [json.loads(line) for path in self.root.rglob("*.jsonl") for line in path.read_text().splitlines()]

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(self.script)], stdout=log, stderr=log, cwd=self.root, env=environment(self.variables)
            )
        self.url = wait_for(self._address, START_SECONDS, "the address of the playground")

    def stop(self) -> int:
        """SIGTERM, as a Space that sleeps does; the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def client(self) -> Client:
        return Client(self.url, verbose=False)

    @property
    def _log(self) -> Path:
        return self.root / "log"

    def _address(self) -> str:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError(f"the playground ended with {self.process.returncode} before it was ready:\n{self.log}")
        found = re.search(r"Running on local URL:\s+(http://\S+)\n", self.log)
        return found[1] if found else ""


def environment(variables: dict[str, str]) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": path} | variables


@contextmanager
def playground(root: Path, script: Path = APP, **variables: str) -> Iterator[Playground]:
    """An app that runs inside the block; a traceback in its log fails whoever used it."""
    app = Playground(root, variables, script)
    try:
        app.start()
        yield app
    finally:
        if app.process and app.process.poll() is None:
            app.stop()
    assert "Traceback" not in app.log, f"the playground printed a traceback:\n{app.log[-8000:]}"
