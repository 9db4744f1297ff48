"""Try publishing without an account: start a local Hub, publish a dataset to it, load it back."""

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
    """A running `seedbed hub`: its address, its folder with the token, and its process."""

    url: str
    folder: Path
    process: subprocess.Popen[str]

    def run(self, *words: str) -> None:
        """Run Python, logged in at this Hub. Raises: SystemExit when it fails; the output of the process says why."""
        token = (self.folder / "token").read_text(encoding="utf-8").strip()
        login = {"HF_ENDPOINT": self.url, "HF_TOKEN": token, "HF_HOME": str(self.folder.with_name(f"{self.folder.name}-client"))}
        done = subprocess.run([sys.executable, *words], env=os.environ | login, check=False)
        if done.returncode:
            raise SystemExit(done.returncode)


def run(folder: Path, home: Path, *, stay: bool) -> None:
    """Start the Hub in `home`, publish, load back, print the page; with `stay` serve until ctrl-C. Raises: InputError."""
    if not (folder / "manifest.json").is_file():
        raise InputError(f"{folder}: no dataset there. Allowed: a built one; `make dataset` builds the starter.")
    repo_id = f"{_USER}/{folder.resolve().name}"
    with suppress(KeyboardInterrupt), local_hub(home) as hub:  # ctrl-C ends a Hub that stays
        hub.run("-m", "seedbed.cli", "publish", str(folder), "--to", repo_id, "--public")
        hub.run("-c", _LOAD, repo_id)
        _print(f"page: {hub.url}/datasets/{repo_id}")
        if stay:
            _print(f"load it from another shell: set HF_ENDPOINT={hub.url} first")
            _print(f"ctrl-C stops the Hub; its repositories stay in {home}")
            hub.process.wait()
        else:
            _print("the Hub stops now; --stay keeps it running")


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
    """The address, once the Hub is ready. Raises: SystemExit when it ends before that; its output says why."""
    for line in process.stdout or ():
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip()
    raise SystemExit(2)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
