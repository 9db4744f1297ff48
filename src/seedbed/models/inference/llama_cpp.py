"""Models run by llama.cpp: its server in this process, and the backend over it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import xllamacpp

from seedbed.core.errors import GenerationError, InputError
from seedbed.core.io.process import kept_signals
from seedbed.models.inference import vocabulary
from seedbed.models.inference.backend import Cancelled, Completion, FinishReason, Ids, Piece, Sampling, never, tokens_left
from seedbed.models.inference.gguf_header import TOKENIZER_JSON, Value, read_header
from seedbed.models.inference.streaming_http import Endpoint, RefusedError
from seedbed.models.inference.vocabulary import TokenPrompts, Vocabulary

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


_LONGEST_CONTEXT: Final = 2048
"""Default context in tokens: the keys and values of every slot are kept in memory."""

_FINISH: Final[Mapping[str, FinishReason]] = {"eos": "stop", "word": "stop", "limit": "length"}
_DATA: Final = "data: "
_FIELDS: Final = ["index", "content", "tokens", "completion_probabilities", "stop_type"]


class LlamaCppBackend(TokenPrompts):
    """One model with `slots` slots; each slot keeps the keys and values of its last prompt for the next with its prefix."""

    def __init__(self, path: Path, *, context: int | None = None, slots: int = 4, threads: int = 1) -> None:
        """Load a file.

        Args: context: tokens of a prompt with its completion; threads: they spin while they wait, so one thread is fastest
            on a shared machine, and for a small model on any machine.
        Raises: InputError for a file that is not GGUF; GenerationError when llama.cpp does not load it.
        """
        header = read_header(path)
        longest = int(header.get(f"{header.get('general.architecture')}.context_length", _LONGEST_CONTEXT))
        tokens = min(context or _LONGEST_CONTEXT, longest)
        self._model = LlamaCpp(path, LlamaLimits(tokens, slots, threads))
        self._slots = slots
        super().__init__(_vocabulary(path, header, self._model), path.name, tokens)

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        requests = [
            self._request(prompt, sampling, first, min(self._slots, sampling.n - first))
            for prompt in prompts
            for first in range(0, sampling.n, self._slots)
        ]
        with ThreadPoolExecutor(self._slots) as pool:
            responses = list(pool.map(lambda request: self._completions(request, cancelled), requests))
        each = len(requests) // max(1, len(prompts))
        return [list(chain.from_iterable(responses[at : at + each])) for at in range(0, len(responses), each)]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        """Pieces of a completion as they are written. Raises: GenerationError when llama.cpp stops."""
        request = {**self._request(prompt, sampling, 0, 1), "stream": True}
        for line in self._model.lines("completion", request, cancelled):
            event = _event(line)
            if event.get("error"):
                raise GenerationError(f"{self.name}: llama.cpp stopped: {event['error']}.")
            if event:
                piece = _piece(event)
                yield piece
                if piece.finish_reason:
                    return
        yield Piece("", finish_reason="cancelled")

    def log_likelihood(self, ids: Ids) -> list[float]:
        """Raises: InputError, always: llama.cpp gives no likelihood of a text."""
        raise InputError(f"{self.name}: llama.cpp does not tell how likely a text is. Allowed: the backend transformers.")

    def close(self) -> None:
        self._model.close()

    def _request(self, prompt: Ids, sampling: Sampling, first: int, count: int) -> dict[str, Any]:
        """llama.cpp's request for the completions `first` to `first + count - 1` of a prompt."""
        return {
            "prompt": list(prompt),
            "n_predict": tokens_left(prompt, self.context_tokens, sampling.max_new_tokens),
            "n_cmpl": count,
            "seed": (sampling.seed + first) % (2**32 - 1),
            "stop": list(sampling.stop),
            "temperature": sampling.temperature,
            "top_k": sampling.top_k if sampling.temperature else 1,
            "top_p": sampling.top_p,
            "samplers": ["temperature", "top_k", "top_p"] if sampling.temperature else ["top_k"],
            "n_probs": 1,
            "return_tokens": True,
            "cache_prompt": True,
            "response_fields": _FIELDS,
        }

    def _completions(self, request: Mapping[str, Any], cancelled: Cancelled) -> list[Completion]:
        response = self._model.ask("completion", request, cancelled)
        if response is None:
            return [Completion("", (), (), "cancelled")] * int(request["n_cmpl"])
        choices = response if isinstance(response, list) else [response]
        pieces = [_piece(choice) for choice in sorted(choices, key=lambda choice: int(choice.get("index", 0)))]
        return [
            Completion(piece.text, piece.token_ids, piece.log_probabilities, piece.finish_reason or "length") for piece in pieces
        ]


def _event(line: str) -> dict[str, Any]:
    """The event of a line of the stream; empty for a keep-alive line."""
    event: dict[str, Any] = json.loads(line.removeprefix(_DATA)) if line.startswith(_DATA) else {}
    return event


def _piece(event: Mapping[str, Any]) -> Piece:
    """A streamed event, or a whole response. llama.cpp gives no probability for the first bytes of a character."""
    end = str(event.get("stop_type"))
    parts = [part for part in event.get("completion_probabilities") or [] if part["bytes"]]  # a special token has no text
    ids = [int(number) for number in event["tokens"]]
    if end == "word" or (ids and not event["content"]):  # ids of the stop string, or of the end token
        ids = [int(part["id"]) for part in parts]
    return Piece(
        text=str(event["content"]),
        token_ids=tuple(ids[:-1] if end == "eos" and ids and len(ids) > len(parts) else ids),
        log_probabilities=tuple(float(part["logprob"]) for part in parts),
        finish_reason=_FINISH.get(end),
    )


class _OwnVocabulary:
    """llama.cpp's own tokenizer, for a file without a tokenizer.json."""

    def __init__(self, model: LlamaCpp) -> None:
        self._model = model
        self.start: tuple[int, ...] = tuple(model.tokens("", start=True)[:1])

    def encode(self, text: str) -> list[int]:
        return self._model.tokens(text)

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._model.ask("detokenize", {"tokens": list(ids)})["content"])

    def special(self, name: str) -> int | None:
        ids = self._model.tokens(name, special=True)
        return ids[0] if len(ids) == 1 and self._model.tokens(name) != ids else None


def _vocabulary(path: Path, header: Mapping[str, Value], model: LlamaCpp) -> Vocabulary:
    """The tokenizer.json in the file, else the one in the model's folder, else llama.cpp's own tokenizer."""
    if embedded := header.get(TOKENIZER_JSON):
        return vocabulary.from_json(str(embedded), str(path))
    size = header.get(f"{header.get('general.architecture')}.vocab_size")
    for folder in (path.parent, *([path.parent.parent] if path.parent.name == "gguf" else [])):
        if (folder / "tokenizer.json").is_file() and (words := vocabulary.from_folder(folder)).size == size:
            return words
    return _OwnVocabulary(model)
