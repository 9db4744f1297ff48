"""The filters of a dataset in their order; their declarations make the limits of a recipe and the columns of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from seedbed.core.config.recipe import Recipe, load_recipe
from seedbed.core.errors import RecipeError
from seedbed.core.manifests.columns import PROVENANCE, REJECTED, TEXT, facts
from seedbed.core.runs.filters import columns_of, limits_of
from seedbed.data.dedup import DUPLICATES
from seedbed.data.filters.license.policy import in_effect
from seedbed.data.notices.tables import NOTICE_COLUMNS, TEXT_COLUMNS

from . import clean, dedup, ingest

DEFAULTS: Final = Path(__file__).parent.parent / "recipes" / "defaults.yaml"
"""Defaults for keys that a recipe leaves out."""

FILTERS: Final = (*ingest.FILTERS, *clean.FILTERS, dedup.FILTER)
LIMITS: Final = limits_of(FILTERS)
SAMPLE: Final = (*PROVENANCE, *TEXT, *columns_of(FILTERS))
TABLES: Final = {
    "samples": facts(SAMPLE),
    "rejected": facts(REJECTED),
    "duplicates": facts(DUPLICATES),
    "attribution": facts(NOTICE_COLUMNS),
    "license_texts": facts(TEXT_COLUMNS),
}


def load(path: Path) -> Recipe:
    """Read a dataset recipe; its license policy is written out. Raises: RecipeError."""
    recipe = load_recipe(path, LIMITS, DEFAULTS)
    try:
        return in_effect(recipe)
    except RecipeError as error:
        raise RecipeError(f"{path.name}: {error}") from error
