"""Wrong input to `seedbed serve` is one line and exit code 2, before a model is loaded."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from tests.serving.http.process import command, environment


def run(tmp_path: Path, *options: str, model: str = "nowhere.gguf") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(model, *options), cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0: others can reach it, and there is no token"),
        (["--token", "two words"], "--token: not a token"),
        (["--requests", "0"], "--requests 0: too few"),
        (["--rate", "nan"], "--rate nan: too few"),
        (["--host", "no.such.host.invalid", "--token", "t"], "--host no.such.host.invalid: not an address"),
        (["--port", "70000"], "--port 70000"),
        (["--policy", "nowhere.yaml"], "nowhere.yaml"),
        (["--dataset", "nowhere"], "nowhere: no such dataset. Allowed: a dataset folder, or an id on the Hub"),
        (["--project", "nowhere"], "nowhere: no such folder"),
        ([], "nowhere.gguf: no such model"),
    ],
)
def test_one_line(tmp_path: Path, options: list[str], words: str) -> None:
    done = run(tmp_path, *options)

    assert done.returncode == 2
    assert done.stderr.startswith("seedbed: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        done = run(tmp_path, "--port", str(taken.getsockname()[1]))

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "in use" in done.stderr
