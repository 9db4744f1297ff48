"""A server that answers as OpenAI's completions do, by its URL: vLLM, TGI, llama.cpp, another `seedbed serve`.

Such a server takes texts, so the numbers of this backend are characters: one id a Unicode code point, and one number beyond
Unicode between prefix and suffix. Budgets are then in characters, which are fewer than the tokens' share of the context.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import urlsplit

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference.backend import Cancelled, Completion, FinishReason, Ids, OtherFile, Piece, Sampling, never, room
from seedbed.models.inference.streaming_http import Endpoint
from seedbed.models.inference.vocabulary import FAMILIES

KEY_VARIABLE: Final = "OPENAI_API_KEY"
"""Environment variable of the key; none is sent where it is not set."""

FIM_CHOICES: Final = ("none", "suffix", *FAMILIES)
"""How to ask for a middle: not at all; by the field `suffix`; by the special tokens of a family, written into the prompt."""

_SUFFIX_MARK: Final = 0x110000
_TOKENS, _CHARACTERS_A_TOKEN = 2048, 2
"""Context of a server that does not tell its own; characters of code that no token falls below for long."""

_REQUESTS: Final = 8
_FINISH: Final[Mapping[str, FinishReason]] = {"stop": "stop", "length": "length", "eos_token": "stop", "stop_sequence": "stop"}
_DATA, _DONE = "data: ", "[DONE]"


class OpenAIBackend:
    """A model on a server."""

    def __init__(self, url: str, model: str = "", *, fim: str = "none", context: int | None = None) -> None:
        """Ask a server what it has.

        Args: url: up to and with `/v1`; model: its name there, the first one where it is left out.
        Raises: InputError for an address, a model or a way to fill in that is none; GenerationError when nobody answers.
        """
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise InputError(f"{url}: not the address of a server. Allowed: http:// or https://, up to /v1.")
        if fim not in FIM_CHOICES:
            raise InputError(f"fim: {fim!r}. Allowed: {', '.join(FIM_CHOICES)}.")
        self._url, self._fim = url.rstrip("/"), fim
        told = self._model(model)
        self.name = str(told["id"])
        tokens = context or told.get("max_model_len") or (told.get("meta") or {}).get("n_ctx") or _TOKENS
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
        self._check(others)
        if not self.has_fim:
            raise InputError(f"{self.name}: nothing is known of how it fills in. Allowed: a prompt from left to right.")
        if self._fim == "suffix":
            return [*self.encode(prefix), _SUFFIX_MARK, *self.encode(suffix)]
        family = FAMILIES[self._fim]
        return self.encode(f"{family.prefix}{prefix}{family.suffix}{suffix}{family.middle}")

    def _check(self, others: Sequence[OtherFile]) -> None:
        if others:
            raise InputError(f"{self.name}: takes one text. Allowed: a prompt without others.")

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        questions = [self._question(prompt, sampling) for prompt in prompts]
        with ThreadPoolExecutor(_REQUESTS) as pool:
            return list(pool.map(lambda question: self._completions(question, cancelled), questions))

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        question = {**self._question(prompt, sampling), "n": 1, "stream": True}
        for line in self._endpoint("completions").lines(question, cancelled):
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
        raise InputError(f"{self.name}: a server does not tell how likely a text is. Allowed: the backend transformers.")

    def close(self) -> None:
        """Nothing is kept between two questions."""

    def _model(self, name: str) -> dict[str, Any]:
        """What the server says of a model."""
        try:
            told: list[dict[str, Any]] = self._json(None, "models", never)["data"]
            names = [str(one["id"]) for one in told]
        except (KeyError, TypeError) as error:
            raise GenerationError(
                f"{self._url}: its list of models cannot be read. Allowed: an OpenAI-compatible server."
            ) from error
        if (name and name not in names) or not names:
            raise InputError(f"{self._url}: no model {name!r} there. Allowed: {', '.join(names) or 'a server with a model'}.")
        return told[names.index(name)] if name else told[0]

    def _question(self, prompt: Ids, sampling: Sampling) -> dict[str, Any]:
        room(prompt, self.context_tokens, sampling.max_new_tokens)
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

    def _completions(self, question: Mapping[str, Any], cancelled: Cancelled) -> list[Completion]:
        told = self._json(question, "completions", cancelled)
        if told is None:
            return [Completion("", (), (), "cancelled")] * int(question["n"])
        pieces = [_piece(choice) for choice in sorted(told.get("choices", []), key=lambda one: int(one.get("index", 0)))]
        if len(pieces) != question["n"]:
            raise GenerationError(f"{self.name}: {len(pieces)} completions where {question['n']} were asked for.")
        return [Completion(one.text, (), one.log_probabilities, one.finish_reason or "length") for one in pieces]

    def _choice(self, told: Mapping[str, Any]) -> dict[str, Any] | None:
        if told.get("error"):
            raise GenerationError(f"{self.name}: the server stopped: {told['error']}.")
        choices: list[dict[str, Any]] = told.get("choices", [])
        return choices[0] if choices else None

    def _json(self, question: Mapping[str, Any] | None, what: str, cancelled: Cancelled) -> Any:
        """A whole answer; None for one that was cancelled."""
        text = "".join(self._endpoint(what).lines(question, cancelled))
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise GenerationError(f"{self._url}/{what}: the answer is no JSON. Allowed: an OpenAI-compatible server.") from error

    def _endpoint(self, what: str) -> Endpoint:
        return Endpoint(f"{self._url}/{what}", os.environ.get(KEY_VARIABLE, ""), self._url)


def _piece(choice: Mapping[str, Any]) -> Piece:
    """A choice, in the words of whichever server it is."""
    told = choice.get("logprobs") or {}
    numbers = told.get("token_logprobs") or [one["logprob"] for one in told.get("content") or []]
    reason = choice.get("finish_reason")
    return Piece(
        text=str(choice.get("text", "")),
        log_probabilities=tuple(float(number) for number in numbers if number is not None),
        finish_reason=_FINISH.get(str(reason), "stop") if reason else None,
    )
