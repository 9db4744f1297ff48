"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

TrainRecipe = Annotated[Path, Argument(metavar="RECIPE", help="training recipe, such as recipes/train/starter.yaml")]
Paths = Annotated[list[Path], Argument(metavar="PATH", help="files or folders")]
Json = Annotated[bool, Option("--json", help="Print one JSON object a line.")]
Limits = Annotated[
    Path | None, Option("--recipe", metavar="RECIPE", help="limits and license policy (default: the starter recipe's)")
]
