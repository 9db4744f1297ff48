"""Tokens, training, conversion and generation: the only place that imports torch, transformers, nanotron and llama.cpp."""
