"""Xet storage: files as runs of chunks, the chunks in xorbs, so that what is there already is not sent again."""

from localhub.xet.api import plan_address, routes, xet_hash

__all__ = ["plan_address", "routes", "xet_hash"]
