"""Training examples: prompts as the request path makes them, and windows of files that the base model was trained on.

Replayed windows keep the model from forgetting what it knew.
Source: Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal".
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from seedbed.evaluation.prompts import Document
from seedbed.finetuning.events import Accepted
from seedbed.models.inference.backend import Backend, Sampling
from seedbed.models.lora.settings import LoraExample
from seedbed.models.tokens.sampling import draws
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.request import CompletionRequest


def prompt_of(backend: Backend, event: Accepted, max_tokens: int) -> list[int]:
    """Token ids before an accepted text.

    Args: max_tokens: room for the text, as a request leaves for what is written.
    """
    request = CompletionRequest(
        event.prefix, event.suffix, event.path, event.language, sampling=Sampling(max_new_tokens=max_tokens)
    )
    return Completer(backend).prompt(request)


@dataclass(frozen=True, slots=True)
class ExampleSettings:
    """Room for a text in tokens, the token that ends a middle, and the share of examples written left to right."""

    max_tokens: int
    end: int | None
    plain_share: float


def prepare_examples(backend: Backend, events: Iterable[Accepted], settings: ExampleSettings) -> list[LoraExample]:
    """An example per event. Which ones are written left to right depends on their ids alone."""
    return [
        _middle(backend, event, settings)
        if _is_middle(backend, event, settings)
        else _left_to_right(backend, event, settings.max_tokens)
        for event in events
    ]


def _is_middle(backend: Backend, event: Accepted, settings: ExampleSettings) -> bool:
    return backend.has_fim and bool(event.suffix.strip()) and draws(0, "plain", event.id)[0] >= settings.plain_share


def _middle(backend: Backend, event: Accepted, settings: ExampleSettings) -> LoraExample:
    """A middle ends with its end token, where the suffix follows."""
    end = () if settings.end is None else (settings.end,)
    return LoraExample(tuple(prompt_of(backend, event, settings.max_tokens)), (*backend.encode(event.text), *end))


def _left_to_right(backend: Backend, event: Accepted, max_tokens: int) -> LoraExample:
    """The text and the rest of its line, so that the model does not forget how lines end in a file."""
    rest = "".join(event.suffix.partition("\n")[:2])
    prompt = prompt_of(backend, replace(event, suffix=""), max_tokens)
    return LoraExample(tuple(prompt), tuple(backend.encode(event.text + rest)[: backend.context_tokens - len(prompt)]))


def replay_examples(backend: Backend, documents: Sequence[Document], count: int, seed: int) -> list[LoraExample]:
    """A window of each of `count` files, as long as the context; the loss covers all of it."""
    chosen = heapq.nsmallest(count, documents, key=lambda document: draws(seed, "replay", document.id)[0])
    return [_window(backend, document, draws(seed, "window", document.id)[0]) for document in chosen]


def _window(backend: Backend, document: Document, position: float) -> LoraExample:
    ids = [*backend.plain_prompt("", path=document.path), *backend.encode(document.text)]
    start = int(position * max(1, len(ids) - backend.context_tokens + 1))
    first, *rest = ids[start : start + backend.context_tokens]
    return LoraExample((first,), tuple(rest))
