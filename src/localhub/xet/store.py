"""All that the Xet storage of a Hub keeps: xorbs, and files made of their chunks."""

from __future__ import annotations

from pathlib import Path

from localhub.blob_access import Possessions
from localhub.blobs import Blobs
from localhub.database import Database
from localhub.xet.files import XetFiles
from localhub.xet.xorbs import Xorbs


class XetStore:
    def __init__(self, root: Path, database: Database, blobs: Blobs, possessions: Possessions) -> None:
        self.xorbs = Xorbs(root, database)
        self.files = XetFiles(database, blobs, self.xorbs, possessions)
