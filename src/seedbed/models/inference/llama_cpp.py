"""A GGUF file run by llama.cpp in this process: requests share its slots, and a common prefix of prompts is read once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, Final

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference import vocabulary
from seedbed.models.inference.backend import Cancelled, Completion, FinishReason, Ids, Piece, Sampling, never, tokens_left
from seedbed.models.inference.gguf_header import TOKENIZER_JSON, Value, read_header
from seedbed.models.inference.llama_server import LlamaCpp, LlamaLimits
from seedbed.models.inference.prompts import TokenPrompts
from seedbed.models.inference.vocabulary import Vocabulary

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
