"""Every measurement that can be run says how."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COMMANDS = sorted(path.stem for path in HERE.glob("*.py") if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != Path(__file__).stem])
def test_help_is_one_page(name: str) -> None:
    command = [sys.executable, "-m", f"tests.agreement.{name}", "--help"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parent.parent)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ")
    assert done.stderr == ""
