"""`make demo-publish`: a Hub, a dataset published to it, loaded back from its address, and an end without a terminal."""

import re
import subprocess
import sys
from pathlib import Path

from tests.publishing.hub.publishing import Person


def demo(place: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = Person("", place, None).environment
    command = [sys.executable, "-m", "seedbed.cli", "demo-publish", str(folder), "--dir", str(place / "hub")]
    return subprocess.run(
        command, env=environment, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_demo_publishes_loads_back_and_ends(sealed: Path, tmp_path: Path) -> None:
    first, second = demo(tmp_path, sealed), demo(tmp_path, sealed)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert re.search(r"load_dataset: train: [\d,]+ rows", first.stdout)
    assert "streaming: the first row is pkg:pypi/" in first.stdout
    assert re.search(r"^page: http://127.0.0.1:\d+/datasets/seedbed/invented$", first.stdout, re.MULTILINE)
    assert "unchanged: " in second.stdout
    assert (tmp_path / "hub" / "token").read_text().strip() not in first.stdout + first.stderr


def test_a_demo_that_fails_says_so_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "manifest.json").write_text("[]")

    done = demo(tmp_path, folder)

    assert done.returncode == 2
    assert len([line for line in done.stderr.splitlines() if line.startswith("seedbed:")]) == 1


def test_the_demo_without_a_dataset_says_how_to_build_one(tmp_path: Path) -> None:
    done = demo(tmp_path, tmp_path / "nowhere")

    assert done.returncode == 2
    assert "nowhere: no dataset there. Allowed: a built one; `make dataset` builds the starter." in done.stderr
