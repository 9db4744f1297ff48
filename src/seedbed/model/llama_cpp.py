"""A GGUF file run by llama.cpp in this process, asked by token ids over its own server on 127.0.0.1."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xllamacpp

from seedbed.errors import ConversionError

_SECONDS = 600.0
_QUIET = -1


class LlamaCpp:
    """One loaded model."""

    def __init__(self, path: Path, context: int, threads: int) -> None:
        """Load a file for inputs of at most `context` tokens.

        Raises: ConversionError when llama.cpp does not take it.
        """
        options = xllamacpp.CommonParams()
        options.model.path = str(path)
        options.n_ctx, options.n_parallel = context, 1
        options.cpuparams.n_threads = options.cpuparams_batch.n_threads = threads
        options.verbosity, options.warmup, options.fit_params, options.ui = _QUIET, False, False, False
        self._path = path
        try:
            self._server = xllamacpp.Server(options)
        except RuntimeError as error:
            raise ConversionError(f"{path.name}: llama.cpp does not load it: {error}.") from error

    def continue_greedily(self, ids: Sequence[int], length: int, without: Sequence[int] = ()) -> list[int]:
        """The best `length` tokens after `ids`, one after the other, with none of `without` among them.

        llama.cpp takes more than the end of a text for an end, such as the name of a next file.
        """
        never = [[number, False] for number in without]
        answer = self._ask(
            "completion", {**_GREEDY, "prompt": list(ids), "n_predict": length, "return_tokens": True, "logit_bias": never}
        )
        return [int(number) for number in answer["tokens"]]

    def log_probabilities(self, ids: Sequence[int], vocabulary: int) -> dict[int, float]:
        """Natural logarithm of each token's probability after `ids`, by its id.

        The token that is drawn is always the digit 0: probabilities are told from before that bias, but only beside a token
        that is a text, which the first bytes of a letter are not.
        """
        wanted = {**_GREEDY, "prompt": list(ids), "n_predict": 1, "n_probs": vocabulary, "logit_bias": [["0", 1e6]]}
        told = self._ask("completion", wanted)["completion_probabilities"][0]["top_logprobs"]
        return {int(one["id"]): float(one["logprob"]) for one in told}

    def tokens(self, text: str) -> list[int]:
        """How llama.cpp itself tokenises a text; what looks like a special token is a text."""
        answer = self._ask("tokenize", {"content": text, "add_special": False, "parse_special": False})
        return [int(number) for number in answer["tokens"]]

    def _ask(self, what: str, question: Mapping[str, Any]) -> Any:
        data = json.dumps(question).encode()
        address = f"{self._server.listening_address}/{what}"
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"})  # noqa: S310 - ours, over http
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except (urllib.error.URLError, TimeoutError) as error:
            words = error.read().decode(errors="replace")[:200] if isinstance(error, urllib.error.HTTPError) else error
            raise ConversionError(f"{self._path.name}: llama.cpp gave no answer: {words}.") from error

    def close(self) -> None:
        """Free the model."""
        del self._server


_GREEDY = {"temperature": 0.0, "samplers": ["top_k"], "top_k": 1, "ignore_eos": True, "cache_prompt": False}


@contextmanager
def loaded(path: Path, context: int, threads: int) -> Iterator[LlamaCpp]:
    """A model for as long as the block runs."""
    model = LlamaCpp(path, context, threads)
    try:
        yield model
    finally:
        model.close()
