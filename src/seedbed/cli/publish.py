"""`seedbed publish`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from seedbed.cli.extras import need
from seedbed.core.errors import InputError

Folder = Annotated[Path, Argument(metavar="FOLDER", help="a dataset, model or Space folder with its card")]
To = Annotated[str, Option("--to", metavar="OWNER/NAME", help="the repository; created when missing")]
Kind = Annotated[
    Literal["dataset", "model", "space"] | None, Option("--type", help="kind of repository (default: detected from the folder)")
]
Private = Annotated[bool, Option("--private", help="Hide the repository; the default for a new one.")]
Public = Annotated[bool, Option("--public", help="Show the repository to everybody.")]
PullRequest = Annotated[bool, Option("--pr", help="Open a pull request instead of committing.")]
Tag = Annotated[str | None, Option(metavar="TAG", help="tag of the commit, such as v1.2.0")]
DryRun = Annotated[bool, Option("--dry-run", help="Print what would change; send nothing.")]


def publish(
    folder: Folder,
    *,
    to: To,
    kind: Kind = None,
    private: Private = False,
    public: Public = False,
    pull_request: PullRequest = False,
    tag: Tag = None,
    dry_run: DryRun = False,
) -> None:
    """Publish a dataset, model or Space folder to the Hub.

    Makes the repository equal to the folder, in one commit.
    """
    if private and public:
        raise InputError("--public: not allowed with --private. Allowed: one of them.")
    need("publish")
    from pipeline import publish as stage

    visibility = private if private or public else None
    stage.publish(folder, to, kind=kind, private=visibility, pull_request=pull_request, tag=tag, dry_run=dry_run)
