"""Runs test functions in a process whose environment is that of a fresh user of the official clients.

The clients read HF_ENDPOINT, HF_HOME, HF_HUB_DISABLE_XET, ... once, when they are imported. So each mode has one process
that imports them once and is then handed the tests, one after the other, by name.
"""

import importlib
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from _pytest.assertion import install_importhook
from _pytest.config import get_config
from _pytest.outcomes import Skipped

ROOT = Path(__file__).parents[3]
START_SECONDS = 60
TEST_SECONDS = 150

Result = tuple[str, str]  # ("passed" | "skipped" | "failed", why)


@dataclass
class Worker:
    """The near end: starts the process, hands it tests, and starts another when one hangs or dies."""

    home: Path
    environment: dict[str, str]

    def __post_init__(self) -> None:
        self._connection: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, module: str, function: str, arguments: dict[str, Any]) -> Result:
        if self._connection is None:
            self._start()
        assert self._connection
        try:
            self._connection.send((module, function, arguments))
            if self._connection.poll(TEST_SECONDS):
                result: Result = self._connection.recv()
                return result
            why = f"no answer within {TEST_SECONDS} s"
        except (EOFError, OSError) as error:
            why = f"the client process died: {error!r}"
        self.close()
        return "failed", f"{why}\n{self._log.read_text(errors='replace')[-4000:]}"

    def close(self) -> None:
        if self._connection is None or self._process is None:
            return
        self._connection.close()
        self._process.kill()
        self._process.wait()
        self._connection = self._process = None

    def _start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        with Listener(family="AF_UNIX") as listener, self._log.open("ab") as log:
            command = [sys.executable, "-m", "tests.localhub.clients.worker", str(listener.address)]
            self._process = subprocess.Popen(command, cwd=self.home, env=self.environment, stdout=log, stderr=log)
            listener._listener._socket.settimeout(START_SECONDS)  # type: ignore[attr-defined]
            self._connection = listener.accept()

    @property
    def _log(self) -> Path:
        return self.home / "worker.log"


def environment(home: Path, endpoint: str, token: str, *, xet: bool) -> dict[str, str]:
    """Nothing of ours but the way to Python: what a user has who has just set HF_ENDPOINT and HF_TOKEN."""
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "HF_HOME": str(home / "huggingface"),
        "HF_ENDPOINT": endpoint,
        "HF_TOKEN": token,
        "HF_HUB_DISABLE_XET": "" if xet else "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "NO_COLOR": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def call(module: str, function: str, arguments: dict[str, Any]) -> Result:
    try:
        getattr(importlib.import_module(module), function)(**arguments)
    except Skipped as skipped:
        return "skipped", str(skipped)
    except BaseException as error:  # noqa: BLE001  pytest's own failures are no Exception, and all of it goes back to the caller
        return "failed", "".join(traceback.format_exception(error))
    return "passed", ""


def main(address: str) -> None:
    install_importhook(get_config())  # a failed assertion says what the values were
    with Client(address) as connection:
        while True:
            try:
                module, function, arguments = connection.recv()
            except EOFError:
                return
            connection.send(call(module, function, arguments))


if __name__ == "__main__":
    main(sys.argv[1])
