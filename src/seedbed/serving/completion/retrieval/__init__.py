"""What else of a project and of its packages helps at a cursor: signatures and first sentences, found by names and imports."""

from seedbed.serving.completion.retrieval.retrieve import ProjectRetriever
from seedbed.serving.completion.retrieval.store import Store

__all__ = ["ProjectRetriever", "Store"]
