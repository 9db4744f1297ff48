"""A folder, or a release of several, -> the Hub.

The client of the Hub takes HF_ENDPOINT apart while it is imported, so it is imported where an error is one line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seedbed.core.errors import InputError

if TYPE_CHECKING:
    from seedbed.publishing.hub.target import Kind


def publish(
    folder: Path,
    repo_id: str,
    *,
    kind: Kind | None = None,
    private: bool | None = None,
    pull_request: bool = False,
    tag: str | None = None,
    dry_run: bool = False,
) -> None:
    """Make a repository what a folder is. Raises: InputError, PublishError.

    Args: kind: told by the folder where None; private: None leaves a repository as it is, and a new one private.
    """
    import seedbed.publishing.hub  # noqa: F401 (it looks at HF_ENDPOINT before anything else imports the client)

    from . import to_hub

    to_hub.publish(folder, repo_id, kind=kind, private=private, pull_request=pull_request, tag=tag, dry_run=dry_run)


def release(recipe: Path, *, dry_run: bool) -> None:
    """Publish what a release recipe names. Raises: InputError, RecipeError, PublishError."""
    from seedbed.core.config.recipe import load
    from seedbed.publishing.hub.release import Release

    from . import to_hub

    if not recipe.is_file():
        raise InputError(f"{recipe}: no such recipe. Allowed: a release recipe, such as recipes/release/starter.yaml.")
    to_hub.release(load(recipe, Release), dry_run=dry_run)
