"""Xorbs on the disk, and what is known of the chunks of each.

root/xorbs/ab/<hash>    chunks as they were sent; a file has its name when it was held against it and is whole on the disk
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from localhub.blobs import move_into_place
from localhub.database import Database
from localhub.errors import bad_request
from localhub.temporary import TemporaryFile
from localhub.xet.merkle import Node, Tree, chunk_hash, hash_text
from localhub.xet.xorb import HEADER_BYTES, read_chunk, read_chunks

_SCHEMA = "CREATE TABLE IF NOT EXISTS xorbs (hash BLOB PRIMARY KEY, chunks BLOB NOT NULL)"
_ROW = struct.Struct("<II32s")
_END = struct.Struct("<I")


class Chunks:
    """The chunks of a xorb: where each ends in the xorb, its unpacked bytes, its hash. 40 bytes of memory each."""

    def __init__(self, rows: bytes) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows) // _ROW.size

    def offset(self, index: int) -> int:
        """Where a chunk begins in the xorb, in bytes; for the number of chunks, where the last of them ends."""
        return int(_END.unpack_from(self.rows, (index - 1) * _ROW.size)[0]) if index else 0

    def nodes(self, start: int, end: int) -> list[Node]:
        """Hash and unpacked bytes of chunks [start, end)."""
        return [Node(value, size) for _, size, value in _ROW.iter_unpack(self.rows[start * _ROW.size : end * _ROW.size])]


class Xorbs:
    def __init__(self, root: Path, database: Database) -> None:
        self._root = root / "xorbs"
        self._tmp = root / "tmp"
        self._database = database
        for folder in (self._root, self._tmp):
            folder.mkdir(parents=True, exist_ok=True)
        database.add_schema(_SCHEMA)

    def path(self, name: bytes) -> Path:
        text = hash_text(name)
        return self._root / text[:2] / text

    def chunks(self, name: bytes) -> Chunks | None:
        """What is known of a xorb; None when it is not there."""
        row = self._database.read().execute("SELECT chunks FROM xorbs WHERE hash = ?", (name,)).fetchone()
        return Chunks(row["chunks"]) if row else None

    def has(self, name: bytes) -> bool:
        return self.chunks(name) is not None and self.path(name).is_file()

    def incoming(self) -> IncomingXorb:
        """A xorb on its way in; a context manager."""
        return IncomingXorb(self, self._tmp)

    def read(self, name: bytes, chunks: Chunks, start: int, end: int) -> Iterator[bytes]:
        """Chunks [start, end) of a xorb, unpacked, one in memory at a time."""
        with self.path(name).open("rb") as stream:
            stream.seek(chunks.offset(start))
            for _ in range(start, end):
                yield read_chunk(stream, stream.read(HEADER_BYTES))[0]

    def add(self, name: bytes, draft: Path, rows: bytes) -> None:
        """Give a file its name and remember its chunks, unless there is one: the same chunks packed otherwise end elsewhere."""
        with self._database.write() as connection:
            if not self.has(name):
                move_into_place(draft, self.path(name))
                connection.execute("INSERT OR REPLACE INTO xorbs VALUES (?, ?)", (name, rows))


class IncomingXorb(TemporaryFile):
    """A temporary file; it is gone when the `with` ends without `keep()`."""

    def __init__(self, xorbs: Xorbs, folder: Path) -> None:
        super().__init__(folder)
        self._xorbs = xorbs
        self.write = self._stream.write

    def keep(self, name: bytes) -> None:
        """Give it its name. Raises: HubError 400 when it is no xorb, or not the xorb of this name."""
        size = self._stream.tell()
        self._stream.seek(0)
        rows, found = bytearray(), Tree()
        for chunk in read_chunks(self._stream, size):
            node = Node(chunk_hash(chunk.data), len(chunk.data))
            rows += _ROW.pack(chunk.end, node.size, node.hash)
            found.add(node)
        if found.root() != name:
            raise bad_request(f"The chunks sent make the xorb {hash_text(found.root())}, not {hash_text(name)}")
        self._stream.truncate(Chunks(bytes(rows)).offset(len(rows) // _ROW.size))  # without a footer
        os.fsync(self._stream.fileno())
        self._xorbs.add(name, self._path, bytes(rows))
