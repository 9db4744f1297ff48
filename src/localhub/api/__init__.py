"""The endpoints below /api, as huggingface_hub calls them."""

from __future__ import annotations

from starlette.routing import BaseRoute

from localhub.api import accounts, collections, commits, discussions, history, info, lfs_files, listing, repos, spaces, trees

routes: list[BaseRoute] = [
    *accounts.routes,
    *repos.routes,
    *listing.routes,
    *trees.routes,
    *commits.routes,
    *history.routes,
    *discussions.routes,
    *lfs_files.routes,
    *spaces.routes,
    *collections.routes,
    *info.routes,
]
