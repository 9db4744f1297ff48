"""llama.cpp in this process, reached through its own HTTP server on 127.0.0.1."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xllamacpp

from seedbed.core.errors import GenerationError
from seedbed.core.io.signals import kept_signals
from seedbed.models.inference.backend import Cancelled, never
from seedbed.models.inference.streaming_http import Endpoint, RefusedError

_QUIET = -1
_CACHE_MIB = 256
"""Memory for the key/value caches of prompts that no longer have a slot."""

_WAITING = 16
"""Requests that may wait inside the server while every slot is busy."""


@dataclass(frozen=True, slots=True)
class LlamaLimits:
    """Tokens of a prompt with its completion, requests at once, threads."""

    context: int
    slots: int = 1
    threads: int = 1


class LlamaCpp:
    """One loaded model, served at `address` to requests that carry `key`."""

    def __init__(self, path: Path, limits: LlamaLimits) -> None:
        """Load a file. Raises: GenerationError when llama.cpp does not load it."""
        self._path, self.key = path, secrets.token_hex(16)
        try:
            with kept_signals():
                self._server = xllamacpp.Server(_options(path, limits, self.key))
        except RuntimeError as error:
            raise GenerationError(f"{path.name}: llama.cpp does not load it: {error}.") from error
        self.address = str(self._server.listening_address)
        # A server that is closed before its loop runs never ends. This request waits for the loop, and warms the model up.
        self.ask("completion", {**_GREEDY, "prompt": [0], "n_predict": 1})

    def continue_greedily(self, ids: Sequence[int], length: int, without: Sequence[int] = ()) -> list[int]:
        """`length` greedily decoded tokens after `ids`.

        Args: without: ids that are never drawn; llama.cpp also ends a completion at tokens such as the file separator.
        Raises: GenerationError.
        """
        never_drawn = [[number, False] for number in without]
        answer = self.ask(
            "completion", {**_GREEDY, "prompt": list(ids), "n_predict": length, "return_tokens": True, "logit_bias": never_drawn}
        )
        return [int(number) for number in answer["tokens"]]

    def log_probabilities(self, ids: Sequence[int], vocabulary: int) -> dict[int, float]:
        """Natural logarithm of the probability of each token after `ids`, by token id.

        The bias makes the drawn token the digit 0. llama.cpp returns the probabilities from before the bias, but only beside a
        token that is text, and an incomplete UTF-8 character is not.
        Raises: GenerationError.
        """
        request = {**_GREEDY, "prompt": list(ids), "n_predict": 1, "n_probs": vocabulary, "logit_bias": [["0", 1e6]]}
        choices = self.ask("completion", request)["completion_probabilities"][0]["top_logprobs"]
        return {int(choice["id"]): float(choice["logprob"]) for choice in choices}

    def tokens(self, text: str, *, start: bool = False, special: bool = False) -> list[int]:
        """Ids of a text by llama.cpp's own tokenizer.

        Args: start: add the start token; special: parse special tokens. Raises: GenerationError.
        """
        request = {"content": text, "add_special": start, "parse_special": special}
        return [int(number) for number in self.ask("tokenize", request)["tokens"]]

    def ask(self, route: str, request: Mapping[str, Any], cancelled: Cancelled = never) -> Any:
        """The whole response, parsed; None for a cancelled request. Raises: GenerationError."""
        return json.loads("".join(self.lines(route, request, cancelled)) or "null")

    def lines(self, route: str, request: Mapping[str, Any], cancelled: Cancelled = never) -> Iterator[str]:
        """Lines of the response as they arrive; they end early once cancelled. Raises: GenerationError."""
        endpoint = Endpoint(f"{self.address}/{route}", self.key, f"{self._path.name}: llama.cpp")
        try:
            yield from endpoint.lines(request, cancelled)
        except RefusedError as error:
            raise GenerationError(f"{self._path.name}: llama.cpp refuses: {error}.") from error

    def close(self) -> None:
        """Free the model."""
        del self._server


_GREEDY = {"temperature": 0.0, "samplers": ["top_k"], "top_k": 1, "ignore_eos": True, "cache_prompt": False}


def _options(path: Path, limits: LlamaLimits, key: str) -> xllamacpp.CommonParams:
    options = xllamacpp.CommonParams()
    options.model.path = str(path)
    options.n_ctx, options.n_parallel = limits.context * limits.slots, limits.slots  # llama.cpp divides it by the slots
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = limits.threads
    options.n_threads_http = limits.slots + _WAITING
    options.cache_ram_mib = _CACHE_MIB
    options.api_keys = [key]  # other users of this machine can reach the port
    options.verbosity, options.warmup, options.fit_params, options.ui = _QUIET, False, False, False
    return options


@contextmanager
def loaded(path: Path, context: int, threads: int) -> Iterator[LlamaCpp]:
    """A loaded model, closed at the end of the block. Raises: GenerationError when llama.cpp does not load it."""
    model = LlamaCpp(path, LlamaLimits(context, threads=threads))
    try:
        yield model
    finally:
        model.close()
