"""The wheel: a bare install shows its help, and its own pipeline runs wherever it stands."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.test_dataset import make_recipe, make_sources

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT], check=True)
    (path,) = folder.glob("seedbed-*.whl")
    return path


@pytest.mark.slow
def test_a_bare_install_shows_its_help_and_says_what_a_command_needs(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel], check=True)

    def seedbed(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [python, "-m", "seedbed.cli", *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert "Build the dataset of a recipe." in seedbed("--help").stdout
    refused = seedbed("dataset", "any.yaml")
    assert refused.returncode == 2
    assert refused.stderr.startswith("seedbed: `seedbed dataset` needs the extra `data`")


def test_the_pipeline_of_the_wheel_is_not_that_of_the_current_folder(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    (tmp_path / "pipeline.py").write_text("raise SystemExit('the wrong pipeline')")
    make_sources(tmp_path)
    recipe = make_recipe(tmp_path, ["alpha"])

    done = subprocess.run(
        [sys.executable, "-m", "seedbed.cli", "dataset", recipe, "--until", "ingest", "--tasks", "1", "--workers", "1"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.startswith("stopped after ingest: "), done.stderr
