"""The verdicts of the dataset's own blocks on any file: what `seedbed inspect` and `seedbed duplicates` ask."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seedbed.blocks.license.legal_files import LegalFiles

from seedbed import inspection
from seedbed.recipe import Recipe, load_recipe

from .clean import blocks
from .ingest import gates

DEFAULT_RECIPE = "recipes/data/starter.yaml"


def verdicts(paths: Sequence[Path], recipe_path: Path | None) -> Iterator[dict[str, Any]]:
    """One verdict a file."""
    recipe = _recipe(recipe_path)
    with tempfile.TemporaryDirectory(prefix="seedbed-") as folder:
        yield from inspection.inspect(
            paths,
            [*gates(recipe.limits), *blocks(recipe, folder)],
            LegalFiles(folder),
            recipe.limits.max_bytes,
        )


def _recipe(path: Path | None) -> Recipe:
    """The named recipe, else the starter recipe that stands beside this folder."""
    return load_recipe(path or Path(__file__).parent.parent / DEFAULT_RECIPE)
