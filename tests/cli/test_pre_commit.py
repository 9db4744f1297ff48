"""The hooks of `.pre-commit-hooks.yaml`, run by pre-commit in a repository that names them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
BIN = Path(sys.executable).parent

MIT_HEADER = "# SPDX-License-Identifier: MIT\n"
GPL_HEADER = "# SPDX-License-Identifier: GPL-3.0-only\n"

pytestmark = [
    pytest.mark.usefixtures("kept_findings"),
    pytest.mark.skipif(not (BIN / "pre-commit").exists() or not (BIN / "seedbed").exists(), reason="pre-commit is not installed"),
]


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder, with the git identity of nobody, and with caches of its own."""
    environment = os.environ | {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_{what}": "nobody@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run([*command], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def repository(folder: Path) -> str:
    """Commit all files of a folder. Returns: the commit."""
    for command in (["git", "init", "-q"], ["git", "add", "."], ["git", "commit", "-q", "-m", "files"]):
        done = run(folder, *command)
        assert done.returncode == 0, done.stderr
    return run(folder, "git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository that uses the hook for licenses; what is installed here stands for what pre-commit would install."""
    hooks, folder = tmp_path / "hooks", tmp_path / "project"
    for each in (hooks, folder):
        each.mkdir()
    shutil.copy(HOOKS, hooks)
    here = {"id": "seedbed-license", "language": "system", "additional_dependencies": []}
    config = {"repos": [{"repo": str(hooks), "rev": repository(hooks), "hooks": [here]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    repository(folder)
    return folder


def committed(project: Path, header: str) -> subprocess.CompletedProcess[str]:
    """Run the hooks on a new file with this header."""
    (project / "LICENSE").write_text((ROOT / "LICENSE").read_text())
    (project / "new.py").write_text(f"{header}\n\ndef add(a, b):\n    return a + b\n")
    run(project, "git", "add", "new.py", "LICENSE")
    return run(project, "pre-commit", "run", "--files", "new.py")


def test_a_file_under_an_allowed_license_passes(project: Path) -> None:
    done = committed(project, MIT_HEADER)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_a_file_under_another_license_stops_the_commit(project: Path) -> None:
    done = committed(project, GPL_HEADER)

    assert done.returncode == 1
    assert "new.py: dropped" in done.stdout
    assert "license_not_allowed (GPL-3.0-only" in done.stdout


def test_the_manifest_names_commands_that_exist() -> None:
    hooks = yaml.safe_load(HOOKS.read_text())

    assert {hook["id"]: hook["entry"] for hook in hooks} == {
        "seedbed-license": "seedbed inspect --fail license",
        "seedbed-inspect": "seedbed inspect --fail any",
    }
    assert {tuple(hook["additional_dependencies"]) for hook in hooks} == {(".[data]",)}
    assert run(ROOT, BIN / "pre-commit", "validate-manifest", HOOKS).returncode == 0
