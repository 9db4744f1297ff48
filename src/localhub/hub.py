"""The Hub as one object: what is below its folder, and what every route is given as `request.app.state.hub`.

root/hub.sqlite3   accounts, repositories, trees, commits    root/blobs/   files    root/tmp/   uploads under way
"""

from __future__ import annotations

from pathlib import Path

from localhub.accounts import Accounts
from localhub.blob_access import Possessions
from localhub.blobs import Blobs
from localhub.cards import Cards
from localhub.collections import Collections
from localhub.contents import Contents
from localhub.database import Database
from localhub.discussions import Discussions
from localhub.history import History
from localhub.parts import Parts
from localhub.refs import Refs
from localhub.repositories import Repositories
from localhub.sessions import Sessions
from localhub.signing import Signer
from localhub.spaces import Spaces
from localhub.trees import Trees
from localhub.xet.store import XetStore


class Hub:
    """Opens the folder, making what is not there. One process at a time serves it; others may open it to add accounts."""

    def __init__(self, root: Path, *, xet_enabled: bool = True) -> None:
        self.root = root
        self.xet_enabled = xet_enabled
        self.blobs = Blobs(root)
        self.database = Database(root / "hub.sqlite3")
        self.accounts = Accounts(self.database)
        self.repositories = Repositories(self.database)
        self.trees = Trees(self.database)
        self.contents = Contents(self.database, self.trees)
        self.history = History(self.database, self.trees)
        self.refs = Refs(self.database, self.history)
        self.discussions = Discussions(self.database, self.refs)
        self.cards = Cards(self.blobs, self.contents)
        self.sessions = Sessions()
        self.spaces = Spaces(self.database)
        self.collections = Collections(self.database)
        self.signer = Signer(self.database)
        self.parts = Parts(root)
        self.possessions = Possessions(self.database)
        self.xet = XetStore(root, self.database, self.blobs, self.possessions)

    def close(self) -> None:
        self.database.close()
