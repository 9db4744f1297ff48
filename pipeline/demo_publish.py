"""Publishing without an account: a Hub on this machine, a dataset published to it, and loaded back from its address."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from seedbed.core.errors import InputError

_READY = "hub: "
_USER = "seedbed"
_STOP_SECONDS = 20
_LOAD = """
import sys
from datasets import load_dataset

name = sys.argv[1]
for split, rows in load_dataset(name).items():
    print(f"load_dataset: {split}: {rows.num_rows:,} rows")
row = next(iter(load_dataset(name, split="train", streaming=True)))
print(f"streaming: the first row is {row['id']}, {row['license']}")
"""


@dataclass(frozen=True)
class LocalHub:
    """A `seedbed hub` that runs: its address, and its folder, which keeps the token and the client's caches."""

    url: str
    folder: Path
    process: subprocess.Popen[str]

    def run(self, *words: str) -> None:
        """Run Python as somebody who is logged in there. Raises: SystemExit when it fails; its own words say why."""
        token = (self.folder / "token").read_text(encoding="utf-8").strip()
        login = {"HF_ENDPOINT": self.url, "HF_TOKEN": token, "HF_HOME": str(self.folder.with_name(f"{self.folder.name}-client"))}
        done = subprocess.run([sys.executable, *words], env=os.environ | login, check=False)
        if done.returncode:
            raise SystemExit(done.returncode)


def run(folder: Path, home: Path, *, stay: bool) -> None:
    """Start the Hub in `home`, publish, load back, say where to look; stay until ctrl-C when asked to. Raises: InputError."""
    if not (folder / "manifest.json").is_file():
        raise InputError(f"{folder}: no dataset there. Allowed: a built one; `make dataset` builds the starter.")
    repo_id = f"{_USER}/{folder.resolve().name}"
    with suppress(KeyboardInterrupt), local_hub(home) as hub:  # ctrl-C is how one leaves it
        hub.run("-m", "seedbed.cli", "publish", str(folder), "--to", repo_id, "--public")
        hub.run("-c", _LOAD, repo_id)
        _print(f"page: {hub.url}/datasets/{repo_id}")
        if stay:
            _print("ctrl-C stops the Hub; what it has stays in " + str(home))
            hub.process.wait()


@contextmanager
def local_hub(home: Path) -> Iterator[LocalHub]:
    """A Hub on a free port, in a process of its own, as long as the block runs."""
    command = [sys.executable, "-m", "seedbed.cli", "hub", "--dir", str(home), "--port", "0", "--user", _USER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield LocalHub(_ready(process), home, process)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _ready(process: subprocess.Popen[str]) -> str:
    """The address, once the Hub says it is ready. Raises: SystemExit when it ends before, its own words say why."""
    for line in process.stdout or ():
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip()
    raise SystemExit(2)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
