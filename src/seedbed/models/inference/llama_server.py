"""A GGUF file run by llama.cpp in this process, asked by token ids over its own server on 127.0.0.1."""

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
"""Memory for keys and values of prompts that no slot holds any more, in MiB."""

_WAITING = 16
"""Questions that may wait inside the server while every slot is taken."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model is loaded for: tokens of a prompt with its continuation, requests at once, threads."""

    context: int
    slots: int = 1
    threads: int = 1


class LlamaCpp:
    """One loaded model, at `address` for those who have its `key`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Load a file. Raises: GenerationError when llama.cpp does not take it."""
        self._path, self.key = path, secrets.token_hex(16)
        try:
            with kept_signals():
                self._server = xllamacpp.Server(_options(path, limits, self.key))
        except RuntimeError as error:
            raise GenerationError(f"{path.name}: llama.cpp does not load it: {error}.") from error
        self.address = str(self._server.listening_address)
        # Its loop may not have begun yet, and a server that is closed before that never ends; who comes first waits less, too.
        self.ask("completion", {**_GREEDY, "prompt": [0], "n_predict": 1})

    def continue_greedily(self, ids: Sequence[int], length: int, without: Sequence[int] = ()) -> list[int]:
        """The best `length` tokens after `ids`, one after the other, with none of `without` among them.

        llama.cpp takes more than the end of a text for an end, such as the name of a next file.
        """
        never_drawn = [[number, False] for number in without]
        answer = self.ask(
            "completion", {**_GREEDY, "prompt": list(ids), "n_predict": length, "return_tokens": True, "logit_bias": never_drawn}
        )
        return [int(number) for number in answer["tokens"]]

    def log_probabilities(self, ids: Sequence[int], vocabulary: int) -> dict[int, float]:
        """Natural logarithm of each token's probability after `ids`, by its id.

        The token that is drawn is always the digit 0: probabilities are told from before that bias, but only beside a token
        that is a text, which the first bytes of a letter are not.
        """
        wanted = {**_GREEDY, "prompt": list(ids), "n_predict": 1, "n_probs": vocabulary, "logit_bias": [["0", 1e6]]}
        told = self.ask("completion", wanted)["completion_probabilities"][0]["top_logprobs"]
        return {int(one["id"]): float(one["logprob"]) for one in told}

    def tokens(self, text: str, *, start: bool = False, special: bool = False) -> list[int]:
        """How llama.cpp itself tokenises a text.

        Args: start: with what every prompt begins with; special: what looks like a special token is one.
        """
        return [
            int(number)
            for number in self.ask("tokenize", {"content": text, "add_special": start, "parse_special": special})["tokens"]
        ]

    def ask(self, what: str, question: Mapping[str, Any], cancelled: Cancelled = never) -> Any:
        """The whole answer to a question. Raises: GenerationError."""
        return json.loads("".join(self.lines(what, question, cancelled)) or "null")

    def lines(self, what: str, question: Mapping[str, Any], cancelled: Cancelled = never) -> Iterator[str]:
        """The answer line by line, while it is written; it ends early once it is cancelled. Raises: as `ask`."""
        endpoint = Endpoint(f"{self.address}/{what}", self.key, f"{self._path.name}: llama.cpp")
        try:
            yield from endpoint.lines(question, cancelled)
        except RefusedError as error:
            raise GenerationError(f"{self._path.name}: llama.cpp refuses: {error}.") from error

    def close(self) -> None:
        """Free the model."""
        del self._server


_GREEDY = {"temperature": 0.0, "samplers": ["top_k"], "top_k": 1, "ignore_eos": True, "cache_prompt": False}


def _options(path: Path, limits: Limits, key: str) -> xllamacpp.CommonParams:
    options = xllamacpp.CommonParams()
    options.model.path = str(path)
    options.n_ctx, options.n_parallel = limits.context * limits.slots, limits.slots  # slots share it in equal parts
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = limits.threads
    options.n_threads_http = limits.slots + _WAITING
    options.cache_ram_mib = _CACHE_MIB
    options.api_keys = [key]  # others on this machine may knock
    options.verbosity, options.warmup, options.fit_params, options.ui = _QUIET, False, False, False
    return options


@contextmanager
def loaded(path: Path, context: int, threads: int) -> Iterator[LlamaCpp]:
    """A model for as long as the block runs."""
    model = LlamaCpp(path, Limits(context, threads=threads))
    try:
        yield model
    finally:
        model.close()
