"""Backends of `seedbed.models.inference.backend`: transformers, llama.cpp, a server by its URL, vLLM."""

from seedbed.models.inference.factory import Options, open_backend

__all__ = ["Options", "open_backend"]
