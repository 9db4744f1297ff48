"""`seedbed duplicates`."""

from __future__ import annotations

import json as jsons

from seedbed.cli import terminal
from seedbed.cli.extras import need
from seedbed.cli.terminal import Json, Limits, Paths


def duplicates(paths: Paths, *, json: Json = False, recipe: Limits = None) -> None:
    """Find equal and nearly equal files.

    Nearly equal: renamed, re-indented or lightly edited.
    """
    need("duplicates")
    from pipeline.inspect import clusters

    for cluster in clusters(paths, recipe):
        terminal.show(jsons.dumps(cluster) if json else terminal.cluster(cluster))
