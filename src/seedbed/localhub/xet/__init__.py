"""Xet storage: files as runs of chunks, the chunks in xorbs, so that what is there already is not sent again."""

from seedbed.localhub.xet.api import routes, xet_hash

__all__ = ["routes", "xet_hash"]
