"""All that the Xet storage of a Hub keeps: xorbs, and files made of their chunks."""

from __future__ import annotations

from pathlib import Path

from seedbed.localhub.blobs import Blobs
from seedbed.localhub.database import Database
from seedbed.localhub.possession import Possessions
from seedbed.localhub.xet.files import XetFiles
from seedbed.localhub.xet.xorbs import Xorbs


class XetStore:
    def __init__(self, root: Path, database: Database, blobs: Blobs, possessions: Possessions) -> None:
        self.xorbs = Xorbs(root, database)
        self.files = XetFiles(database, blobs, self.xorbs, possessions)
