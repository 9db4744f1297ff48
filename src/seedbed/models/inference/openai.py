"""An OpenAI-compatible server: vLLM, TGI, llama.cpp, another `seedbed serve`.

Such a server takes text, so the ids of this backend are characters: one id a Unicode code point, and one number beyond
Unicode between prefix and suffix. Budgets are in characters too; `_CHARACTERS_A_TOKEN` is low, so they fit the context.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import urlsplit

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import (
    Cancelled,
    Completion,
    FinishReason,
    Ids,
    OtherFile,
    Piece,
    Sampling,
    never,
    tokens_left,
)
from seedbed.models.inference.streaming_http import Endpoint
from seedbed.models.inference.vocabulary import FAMILIES

KEY_VARIABLE: Final = "OPENAI_API_KEY"
"""Environment variable of the key; without it no key is sent."""

FIM_CHOICES: Final = ("none", "suffix", *FAMILIES)
"""How to fill in the middle: not at all; by the field `suffix`; by the special tokens of a family in the prompt."""

_SUFFIX_MARK: Final = 0x110000
_TOKENS, _CHARACTERS_A_TOKEN = 2048, 2
"""Context of a server that does not report its own; lower bound of the characters of code in a token, on average."""

_REQUESTS: Final = 8
_FINISH: Final[Mapping[str, FinishReason]] = {"stop": "stop", "length": "length", "eos_token": "stop", "stop_sequence": "stop"}
_DATA, _DONE = "data: ", "[DONE]"


class OpenAIBackend:
    """One model of a server."""

    def __init__(self, url: str, model: str = "", *, fim: str = "none", context: int | None = None) -> None:
        """Read the server's list of models.

        Args: url: up to and including `/v1`; model: its name on the server, "" for the first; fim: one of `FIM_CHOICES`.
        Raises: InputError for an invalid URL, an unknown model or `fim`; GenerationError when the server does not answer.
        """
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise InputError(f"{url}: not the address of a server. Allowed: http:// or https://, up to /v1.")
        if fim not in FIM_CHOICES:
            raise InputError(f"fim: {fim!r}. Allowed: {', '.join(FIM_CHOICES)}.")
        self._url, self._fim = url.rstrip("/"), fim
        served = self._model(model)
        self.name = str(served["id"])
        tokens = context or served.get("max_model_len") or (served.get("meta") or {}).get("n_ctx") or _TOKENS
        self.context_tokens = int(tokens) * _CHARACTERS_A_TOKEN
        self.has_fim, self.has_files = fim != "none", False

    def encode(self, text: str) -> list[int]:
        return list(map(ord, text))

    def decode(self, ids: Ids) -> str:
        return "".join(map(chr, ids))

    def plain_prompt(self, prefix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        self._check(others)
        return self.encode(prefix)

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        """A prompt for the middle. Raises: InputError where the server was given no way to fill in the middle."""
        self._check(others)
        if not self.has_fim:
            raise InputError(f"{self.name}: no way to fill in the middle is set. Allowed: a prompt from left to right.")
        if self._fim == "suffix":
            return [*self.encode(prefix), _SUFFIX_MARK, *self.encode(suffix)]
        family = FAMILIES[self._fim]
        return self.encode(f"{family.prefix}{prefix}{family.suffix}{suffix}{family.middle}")

    def _check(self, others: Sequence[OtherFile]) -> None:
        if others:
            raise InputError(f"{self.name}: takes one file. Allowed: a prompt without others.")

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        requests = [self._request(prompt, sampling) for prompt in prompts]
        with ThreadPoolExecutor(_REQUESTS) as pool:
            return list(pool.map(lambda request: self._completions(request, cancelled), requests))

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        request = {**self._request(prompt, sampling), "n": 1, "stream": True}
        for line in self._endpoint("completions").lines(request, cancelled):
            data = line.removeprefix(_DATA)
            if data == line:
                continue
            if data == _DONE:
                yield Piece("", finish_reason="stop")
                return
            if choice := self._choice(json.loads(data)):
                yield _piece(choice)
                if choice.get("finish_reason"):
                    return
        yield Piece("", finish_reason="cancelled")

    def log_likelihood(self, ids: Ids) -> list[float]:
        """Raises: InputError, always: a server gives no likelihood of a text."""
        raise InputError(f"{self.name}: a server does not tell how likely a text is. Allowed: the backend transformers.")

    def close(self) -> None:
        """Do nothing: no connection is kept between requests."""

    def _model(self, name: str) -> dict[str, Any]:
        """The server's description of a model."""
        try:
            models: list[dict[str, Any]] = self._json(None, "models", never)["data"]
            names = [str(model["id"]) for model in models]
        except (KeyError, TypeError) as error:
            raise GenerationError(
                f"{self._url}: its list of models cannot be read. Allowed: an OpenAI-compatible server."
            ) from error
        if (name and name not in names) or not names:
            raise InputError(f"{self._url}: no model {name!r} there. Allowed: {', '.join(names) or 'a server with a model'}.")
        return models[names.index(name)] if name else models[0]

    def _request(self, prompt: Ids, sampling: Sampling) -> dict[str, Any]:
        tokens_left(prompt, self.context_tokens, sampling.max_new_tokens)
        ids = list(prompt)
        before = ids.index(_SUFFIX_MARK) if _SUFFIX_MARK in ids else len(ids)
        after = {"suffix": "".join(map(chr, ids[before + 1 :]))} if before < len(ids) else {}
        return {
            "model": self.name,
            "prompt": "".join(map(chr, ids[:before])),
            **after,
            "max_tokens": sampling.max_new_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "n": sampling.n,
            "seed": sampling.seed,
            "logprobs": 1,
            **({"top_k": sampling.top_k} if sampling.top_k else {}),
            **({"stop": list(sampling.stop)} if sampling.stop else {}),
        }

    def _completions(self, request: Mapping[str, Any], cancelled: Cancelled) -> list[Completion]:
        response = self._json(request, "completions", cancelled)
        if response is None:
            return [Completion("", (), (), "cancelled")] * int(request["n"])
        choices = sorted(response.get("choices", []), key=lambda choice: int(choice.get("index", 0)))
        if len(choices) != request["n"]:
            raise GenerationError(f"{self.name}: {len(choices)} completions where {request['n']} were asked for.")
        pieces = map(_piece, choices)
        return [Completion(piece.text, (), piece.log_probabilities, piece.finish_reason or "length") for piece in pieces]

    def _choice(self, event: Mapping[str, Any]) -> dict[str, Any] | None:
        if event.get("error"):
            raise GenerationError(f"{self.name}: the server stopped: {event['error']}.")
        choices: list[dict[str, Any]] = event.get("choices", [])
        return choices[0] if choices else None

    def _json(self, request: Mapping[str, Any] | None, route: str, cancelled: Cancelled) -> Any:
        """The whole response, parsed; None for a cancelled request."""
        text = "".join(self._endpoint(route).lines(request, cancelled))
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise GenerationError(
                f"{self._url}/{route}: the response is not JSON. Allowed: an OpenAI-compatible server."
            ) from error

    def _endpoint(self, route: str) -> Endpoint:
        return Endpoint(f"{self._url}/{route}", os.environ.get(KEY_VARIABLE, ""), self._url)


def _piece(choice: Mapping[str, Any]) -> Piece:
    """A choice of a response. vLLM and llama.cpp name its log-probabilities differently."""
    logprobs = choice.get("logprobs") or {}
    numbers = logprobs.get("token_logprobs") or [token["logprob"] for token in logprobs.get("content") or []]
    reason = choice.get("finish_reason")
    return Piece(
        text=str(choice.get("text", "")),
        log_probabilities=tuple(float(number) for number in numbers if number is not None),
        finish_reason=_FINISH.get(str(reason), "stop") if reason else None,
    )
