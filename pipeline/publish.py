"""Last stage: a folder, or a release of several, -> the Hub.

The client of the Hub takes HF_ENDPOINT apart while it is imported, so it is imported where an error is one line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from seedbed.cli import Parser, outcome
from seedbed.core.errors import InputError


def command(options: argparse.Namespace) -> None:
    """`seedbed publish FOLDER --to OWNER/NAME`."""
    import seedbed.publishing.hub  # noqa: F401 (it looks at HF_ENDPOINT before anything else imports the client)

    from .to_hub import publish

    publish(options)


def release(recipe: Path, *, dry_run: bool) -> None:
    """Publish what a release recipe names. Raises: InputError, RecipeError, PublishError."""
    from seedbed.core.config.recipe import load
    from seedbed.publishing.hub.release import Release

    from . import to_hub

    if not recipe.is_file():
        raise InputError(f"{recipe}: no such recipe. Allowed: a release recipe, such as recipes/release/starter.yaml.")
    to_hub.release(load(recipe, Release), dry_run=dry_run)


def main() -> int:
    """`python -m pipeline.publish RECIPE [--dry-run]`."""
    parser = Parser(description="Publish a release: dataset, model and Space, linked, and a collection.")
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a release recipe, such as recipes/release/starter.yaml")
    parser.add_argument("--dry-run", action="store_true", help="print what would change; send nothing")
    options = parser.parse_args()
    return outcome(lambda: release(options.recipe, dry_run=options.dry_run))


if __name__ == "__main__":
    sys.exit(main())
