"""A local Hub in a process of its own, started, stopped and killed the way people do it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from localhub.hub import Hub

T = TypeVar("T")

READY = "hub: "
START_SECONDS = 30
STOP_SECONDS = 20


@dataclass(frozen=True)
class Account:
    """One token of one user."""

    user: str
    token: str


WRITER = Account("alice", "hf_alice_may_write")
READER = Account("alice", "hf_alice_may_only_read")
OTHER = Account("bob", "hf_bob_may_write_his_own")
ORG = "acme"  # alice belongs to it, bob does not


@dataclass
class HubProcess:
    """A server on 127.0.0.1 that keeps everything under `root`; `url` is known once it is ready."""

    root: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self, port: int = 0) -> None:
        """Start and wait for the ready line. Port 0 takes any free one."""
        self.root.mkdir(parents=True, exist_ok=True)
        add_accounts(self.root)
        begin = len(self.log)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command(self.root, port), stdout=log, stderr=log, env=os.environ | {"PYTHONUNBUFFERED": "1"}
            )
        self.url = wait_for(lambda: self._ready_line(begin), START_SECONDS, "the ready line of the hub")

    def stop(self) -> int:
        """SIGTERM, as ctrl-C or a service manager would; the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        assert self.process
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def _log(self) -> Path:
        return self.root.with_name(f"{self.root.name}.log")

    def _ready_line(self, begin: int) -> str:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError(f"the hub ended with {self.process.returncode} before it was ready:\n{self.log[begin:]}")
        lines = self.log[begin:].splitlines(keepends=True)
        return next((line.removeprefix(READY).strip() for line in lines if line.startswith(READY) and line.endswith("\n")), "")


def add_accounts(root: Path) -> None:
    """Whom the command line does not make: another user, and a token of the first that only reads."""
    hub = Hub(root)
    for account in (READER, OTHER):
        hub.accounts.add_user(account.user)
    hub.accounts.add_token(READER.user, READER.token, "read")
    hub.accounts.add_token(OTHER.user, OTHER.token, "write")
    hub.close()


def command(root: Path, port: int) -> list[str]:
    users = [f"--user={WRITER.user}", f"--org={ORG}", f"--token={WRITER.token}"]
    return [sys.executable, "-m", "localhub", f"--dir={root}", f"--port={port}", *users]


def wait_for(condition: Callable[[], T], seconds: float, what: str) -> T:
    """The first truthy value of `condition()`; an AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.01)
    return value


@contextlib.contextmanager
def running_hub(root: Path) -> Iterator[HubProcess]:
    """A hub that runs inside the block; a traceback in its log fails whoever used it."""
    hub = HubProcess(root)
    try:
        hub.start()
        yield hub
    finally:
        if hub.process and hub.process.poll() is None:
            hub.stop()
    assert "Traceback" not in hub.log, f"the hub printed a traceback:\n{hub.log[-8000:]}"
