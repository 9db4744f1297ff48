"""`seedbed score`."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import Annotated

from typer import Argument

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import Json

Task = Annotated[str, Argument(metavar="TASK", help="a name in recipes/eval, such as humaneval, or a path")]
Samples = Annotated[Path, Argument(metavar="SAMPLES", help='JSONL, {"task_id": ..., "completion": ...} per line')]


def score(task: Task, samples: Samples, *, json: Json = False) -> None:
    """Run the tests of a task on completions made elsewhere.

    Each completion runs in a sandbox. Prints a verdict for each, then pass@k. Continues where it stopped.
    """
    need("score")
    from pipeline.score import score as verdicts

    for verdict in verdicts(task, samples):
        terminal.show(jsons.dumps(verdict) if json else terminal.score(verdict))
