"""A machine that is not as it should be: Python in a view of this one where some files and folders are others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python_on_another_machine(code: str, options: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run code where bubblewrap's `options` say how the machine differs, such as `--bind FOLDER /usr/src`."""
    command = ["bwrap", *options, "--", sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
