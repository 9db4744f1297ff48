"""The Hub as one object: what is below its folder, and what every route is given as `request.app.state.hub`.

root/hub.sqlite3   accounts, repositories, commits    root/blobs/   files    root/tmp/   uploads under way
"""

from __future__ import annotations

from pathlib import Path

from seedbed.localhub.accounts import Accounts
from seedbed.localhub.blobs import Blobs
from seedbed.localhub.database import Database
from seedbed.localhub.parts import Parts
from seedbed.localhub.possession import Possessions
from seedbed.localhub.repositories import Repositories
from seedbed.localhub.signing import Signer
from seedbed.localhub.xet.store import XetStore


class Hub:
    """Opens the folder, making what is not there. One process at a time serves it; others may open it to add accounts."""

    def __init__(self, root: Path, *, xet_enabled: bool = True) -> None:
        self.root = root
        self.xet_enabled = xet_enabled
        self.blobs = Blobs(root)
        self.database = Database(root / "hub.sqlite3")
        self.accounts = Accounts(self.database)
        self.repositories = Repositories(self.database)
        self.signer = Signer(self.database)
        self.parts = Parts(root)
        self.possessions = Possessions(self.database)
        self.xet = XetStore(root, self.database, self.blobs, self.possessions)

    def close(self) -> None:
        self.database.close()
