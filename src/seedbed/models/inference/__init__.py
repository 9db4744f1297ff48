"""Backends that run a model: transformers, llama.cpp, vLLM, or an OpenAI-compatible server."""

from seedbed.models.inference.factory import BackendOptions, open_backend

__all__ = ["BackendOptions", "open_backend"]
