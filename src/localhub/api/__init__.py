"""The endpoints below /api, as huggingface_hub calls them."""

from __future__ import annotations

from starlette.routing import BaseRoute

from localhub.api import accounts, collections, commits, info, refs, repos, trees

routes: list[BaseRoute] = [
    *accounts.routes,
    *repos.routes,
    *trees.routes,
    *commits.routes,
    *refs.routes,
    *collections.routes,
    *info.routes,
]
