"""Retrieval: signatures and first sentences of a project and its packages that help at a cursor, found by names and imports."""

from seedbed.serving.completion.retrieval.retrieve import ProjectRetriever
from seedbed.serving.completion.retrieval.store import Store

__all__ = ["ProjectRetriever", "Store"]
