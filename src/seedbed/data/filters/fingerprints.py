"""Hashes and features of a file, so that the deduplication never has to parse one."""

from __future__ import annotations

from datatrove.data import Document

from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.core.syntax import parse, walk
from seedbed.core.syntax.fingerprint import content_hash, encode, fingerprint

COLUMNS = (
    Column("content_hash", "string", "", "128-bit hash of the content with white space normalised, hexadecimal"),
    Column("simhash", "string", "", "64-bit SimHash of identifier-blind token shingles, hexadecimal", nullable=True),
    Column("ast_fingerprint", "string", "", "64-bit hash of the syntax tree's shape, hexadecimal", nullable=True),
)
"""Written here, early, since a refused copy is signed too; declared by `DuplicatesFilter`, so that a row ends with them."""


class Fingerprints(Filter):
    """Writes content hash, SimHash, tree hash and the features that verify a near copy; lets every document pass.

    A file without a grammar, or without a token, has only a content hash: it can be an exact copy, never a near one.
    """

    name = "fingerprints"
    passes = "everything; the hashes that copies are found by are made here"

    def filter(self, doc: Document) -> bool:
        """Annotate one document; the answer is always True."""
        doc.metadata |= {"content_hash": content_hash(doc.text), "simhash": None, "ast_fingerprint": None, "_features": None}
        parsed = parse(doc.text, str(doc.metadata.get("language")))
        walked = walk(parsed) if parsed else None
        if parsed and walked and len(walked.kinds):
            hashes = fingerprint(parsed, walked)
            doc.metadata["simhash"] = f"{hashes.simhash:016x}"
            doc.metadata["ast_fingerprint"] = f"{hashes.ast:016x}"
            doc.metadata["_features"] = encode(hashes.features)
        return True
