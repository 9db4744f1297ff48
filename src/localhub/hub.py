"""The Hub as one object: everything below its folder. Every route gets it as `request.app.state.hub`.

root/hub.sqlite3   accounts, repositories, trees, commits    root/blobs/   files    root/tmp/   uploads in progress
"""

from __future__ import annotations

from pathlib import Path

from localhub.accounts import Accounts
from localhub.blobs import BlobAccess, Blobs
from localhub.cards import Cards
from localhub.collections import Collections
from localhub.database import Database
from localhub.history import History
from localhub.repositories import Repositories
from localhub.sessions import Sessions, Signer
from localhub.trees import Trees
from localhub.xet.shard import Xorbs


class Hub:
    """Opens a folder, or makes it. One process at a time serves it; others may open it to add accounts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blobs = Blobs(root)
        self.database = Database(root / "hub.sqlite3")
        self.accounts = Accounts(self.database)
        self.repositories = Repositories(self.database)
        self.trees = Trees(self.database)
        self.history = History(self.database, self.trees)
        self.cards = Cards(self.blobs, self.trees)
        self.sessions = Sessions()
        self.collections = Collections(self.database)
        self.signer = Signer(self.database)
        self.blob_access = BlobAccess(self.database)
        self.xorbs = Xorbs(root)

    def close(self) -> None:
        self.database.close()
