"""A GGUF file run by llama.cpp in this process: many requests at once in its slots, prompts that begin alike read once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference import vocabulary
from seedbed.models.inference.backend import Cancelled, Completion, FinishReason, Ids, Piece, Sampling, never, room
from seedbed.models.inference.gguf_header import TOKENIZER_JSON, Value, read_header
from seedbed.models.inference.llama_server import Limits, LlamaCpp
from seedbed.models.inference.prompts import Prompts
from seedbed.models.inference.vocabulary import Vocabulary

_LONGEST_CONTEXT: Final = 2048
"""Default of the context in tokens where the model has more: keys and values of every slot are kept in memory."""

_FINISH: Final[Mapping[str, FinishReason]] = {"eos": "stop", "word": "stop", "limit": "length"}
_DATA: Final = "data: "
_FIELDS: Final = ["index", "content", "tokens", "completion_probabilities", "stop_type"]


class LlamaCppBackend(Prompts):
    """One model in `slots` slots; each keeps the keys and values of its last prompt for one that begins alike."""

    def __init__(self, path: Path, *, context: int | None = None, slots: int = 4, threads: int = 1) -> None:
        """Load a file.

        Args: context: tokens of a prompt with its completion; threads: they spin while they wait, so one is fastest on a
            shared machine, and for a small model on any.
        Raises: InputError where it is no GGUF file; GenerationError when llama.cpp does not load it.
        """
        header = read_header(path)
        longest = int(header.get(f"{header.get('general.architecture')}.context_length", _LONGEST_CONTEXT))
        tokens = min(context or _LONGEST_CONTEXT, longest)
        self._model = LlamaCpp(path, Limits(tokens, slots, threads))
        self._slots = slots
        super().__init__(_vocabulary(path, header, self._model), path.name, tokens)

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        questions = [
            self._question(prompt, sampling, first, min(self._slots, sampling.n - first))
            for prompt in prompts
            for first in range(0, sampling.n, self._slots)
        ]
        with ThreadPoolExecutor(self._slots) as pool:
            told = list(pool.map(lambda question: self._completions(question, cancelled), questions))
        each = len(questions) // max(1, len(prompts))
        return [[one for part in told[at : at + each] for one in part] for at in range(0, len(told), each)]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        question = {**self._question(prompt, sampling, 0, 1), "stream": True}
        for line in self._model.lines("completion", question, cancelled):
            told = _event(line)
            if told.get("error"):
                raise GenerationError(f"{self.name}: llama.cpp stopped: {told['error']}.")
            if told:
                piece = _piece(told)
                yield piece
                if piece.finish_reason:
                    return
        yield Piece("", finish_reason="cancelled")

    def log_likelihood(self, ids: Ids) -> list[float]:
        raise InputError(f"{self.name}: llama.cpp does not tell how likely a text is. Allowed: the backend transformers.")

    def close(self) -> None:
        self._model.close()

    def _question(self, prompt: Ids, sampling: Sampling, first: int, count: int) -> dict[str, Any]:
        """The completions `first` to `first + count - 1` of a prompt, as llama.cpp wants to be asked."""
        return {
            "prompt": list(prompt),
            "n_predict": room(prompt, self.context_tokens, sampling.max_new_tokens),
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

    def _completions(self, question: Mapping[str, Any], cancelled: Cancelled) -> list[Completion]:
        told = self._model.ask("completion", question, cancelled)
        if told is None:
            return [Completion("", (), (), "cancelled")] * int(question["n_cmpl"])
        answers = told if isinstance(told, list) else [told]
        pieces = [_piece(one) for one in sorted(answers, key=lambda one: int(one.get("index", 0)))]
        return [
            Completion(piece.text, piece.token_ids, piece.log_probabilities, piece.finish_reason or "length") for piece in pieces
        ]


def _event(line: str) -> dict[str, Any]:
    """What a line of a stream says; empty for one that only keeps the connection."""
    told: dict[str, Any] = json.loads(line.removeprefix(_DATA)) if line.startswith(_DATA) else {}
    return told


def _piece(told: Mapping[str, Any]) -> Piece:
    """llama.cpp's words for the next tokens, or for all of them; it tells no probability for the first bytes of a letter."""
    end = str(told.get("stop_type"))
    parts = [one for one in told.get("completion_probabilities") or [] if one["bytes"]]  # a special token has no text
    ids = [int(number) for number in told["tokens"]]
    if end == "word" or (ids and not told["content"]):  # ids of the stop string, or of the end
        ids = [int(one["id"]) for one in parts]
    return Piece(
        text=str(told["content"]),
        token_ids=tuple(ids[:-1] if end == "eos" and ids and len(ids) > len(parts) else ids),
        log_probabilities=tuple(float(one["logprob"]) for one in parts),
        finish_reason=_FINISH.get(end),
    )


class _OwnVocabulary:
    """Cut by llama.cpp, for a file that brings no tokenizer.json."""

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
    """The tokenizer.json that the file holds, or that lies in its model's folder, or llama.cpp's own cuts."""
    if held := header.get(TOKENIZER_JSON):
        return vocabulary.from_json(str(held), str(path))
    size = header.get(f"{header.get('general.architecture')}.vocab_size")
    for folder in (path.parent, *([path.parent.parent] if path.parent.name == "gguf" else [])):
        if (folder / "tokenizer.json").is_file() and (words := vocabulary.from_folder(folder)).size == size:
            return words
    return _OwnVocabulary(model)
