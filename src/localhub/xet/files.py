"""Files as runs of chunks: what a shard says of them is checked, and the file put together and kept as a blob as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from localhub.blob_access import Possessions
from localhub.blobs import Blobs
from localhub.database import Database
from localhub.errors import bad_request
from localhub.xet.merkle import Tree, hash_text, range_hash
from localhub.xet.shard import ShardFile, Term, pack_terms, unpack_terms
from localhub.xet.xorbs import Chunks, Xorbs

MAX_FILE_BYTES = 500_000_000_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS xet_files (hash BLOB PRIMARY KEY, sha256 TEXT NOT NULL, terms BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS xet_files_by_sha256 ON xet_files (sha256);
"""


class XetFile(NamedTuple):
    sha256: str
    terms: tuple[Term, ...]


class XetFiles:
    def __init__(self, database: Database, blobs: Blobs, xorbs: Xorbs, possessions: Possessions) -> None:
        self._database = database
        self._blobs = blobs
        self._xorbs = xorbs
        self._possessions = possessions
        database.add_schema(_SCHEMA)

    def find(self, name: bytes) -> XetFile | None:
        """By its Xet hash."""
        row = self._database.read().execute("SELECT sha256, terms FROM xet_files WHERE hash = ?", (name,)).fetchone()
        return XetFile(row["sha256"], unpack_terms(row["terms"])) if row else None

    def hash_of(self, sha256: str) -> str | None:
        """The Xet hash, as text, of a file known by its SHA-256; None when it did not come by Xet."""
        row = self._database.read().execute("SELECT hash FROM xet_files WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone()
        return hash_text(row["hash"]) if row else None

    def register(self, files: Sequence[ShardFile], repository: int) -> bool:
        """Keep the files of a shard, all of them or none, for a repository. Returns: whether any of them is new.

        Raises: HubError 400 for a file that its terms, hashes or SHA-256 do not describe.
        """
        known = {file.hash: found for file in files if (found := self.find(file.hash)) and self._blobs.has(found.sha256)}
        hashes = {file.hash: self._sha256(file, known.get(file.hash)) for file in files}
        with self._database.write() as connection:
            for file in files:
                connection.execute(
                    "INSERT OR IGNORE INTO xet_files VALUES (?, ?, ?)", (file.hash, hashes[file.hash], pack_terms(file.terms))
                )
                self._possessions.add(connection, repository, hashes[file.hash])
        return len(known) < len(hashes)

    def _sha256(self, file: ShardFile, known: XetFile | None) -> str:
        """Of a file that is known or now put together."""
        _check_hashes(file, self._terms(file))
        if known is None:
            return self._assemble(file)
        if file.sha256 not in (None, known.sha256):
            raise bad_request(f"The file {hash_text(file.hash)} has the SHA-256 {known.sha256}, not {file.sha256}")
        return known.sha256

    def _assemble(self, file: ShardFile) -> str:
        """Write a file to the blobs, chunk by chunk. Raises: HubError 400 when its SHA-256 is not the one it came with."""
        with self._blobs.incoming() as incoming:
            for term, chunks in self._terms(file):
                for data in self._xorbs.read(term.xorb, chunks, term.start, term.end):
                    incoming.write(data)
            return incoming.keep(file.sha256)

    def _terms(self, file: ShardFile) -> Iterator[tuple[Term, Chunks]]:
        """A file's terms, each with the chunks of its xorb."""
        for term in file.terms:
            chunks = self._xorbs.chunks(term.xorb)
            if chunks is None:
                raise bad_request(f"The xorb {hash_text(term.xorb)} was not uploaded")
            if term.end > len(chunks):
                raise bad_request(f"The xorb {hash_text(term.xorb)} has {len(chunks)} chunks, not {term.end}")
            yield term, chunks


def _check_hashes(file: ShardFile, terms: Iterator[tuple[Term, Chunks]]) -> None:
    """Hold a file's sizes, range hashes and Xet hash against the chunks it is said to be made of."""
    if len(file.range_hashes) != len(file.terms):
        raise bad_request("A file in a shard has a range hash for each of its terms")
    tree = Tree()
    if sum(term.size for term in file.terms) > MAX_FILE_BYTES:
        raise bad_request(f"A file has at most {MAX_FILE_BYTES} bytes")
    for (term, chunks), expected in zip(terms, file.range_hashes, strict=True):
        nodes = chunks.nodes(term.start, term.end)
        if sum(node.size for node in nodes) != term.size:
            raise bad_request("A term does not have the bytes that its chunks have")
        if range_hash(b"".join(node.hash for node in nodes)) != expected:
            raise bad_request("A term does not have the range hash of its chunks")
        for node in nodes:
            tree.add(node)
    if tree.file_hash() != file.hash:
        raise bad_request(f"The file {hash_text(file.hash)} does not have this hash by its chunks")
