"""Uploads by the Xet protocol: files as runs of chunks, chunks in xorbs, so that a client sends no chunk twice.

A file is assembled and stored as a blob when its shard arrives, if its SHA-256 is the announced one: that one check covers every
hash of the protocol. Downloads are plain HTTP.
"""

from localhub.xet.api import routes

__all__ = ["routes"]
