"""Backends of `seedbed.generation`: transformers, llama.cpp, a server by its URL, vLLM."""

from seedbed.model.generation.opening import Options, open_backend

__all__ = ["Options", "open_backend"]
