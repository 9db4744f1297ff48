"""The prompt of a place as the request path makes it: what is learned is what will be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from seedbed.finetuning.events import Accepted
from seedbed.models.inference.backend import Backend, Sampling
from seedbed.models.lora.examples import Example
from seedbed.models.tokens.seeded_random import draws
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
class Teaching:
    """How events are told: room for a text in tokens, the token that ends a middle, the share that is told left to right."""

    max_tokens: int
    end: int | None
    plain_share: float


def examples_of(backend: Backend, events: Iterable[Accepted], how: Teaching) -> list[Example]:
    """What is learned of each event; which are told left to right depends on their ids alone."""
    return [
        _middle(backend, one, how) if _is_middle(backend, one, how) else _left_to_right(backend, one, how.max_tokens)
        for one in events
    ]


def _is_middle(backend: Backend, event: Accepted, how: Teaching) -> bool:
    return backend.has_fim and bool(event.suffix.strip()) and draws(0, "plain", event.id)[0] >= how.plain_share


def _middle(backend: Backend, event: Accepted, how: Teaching) -> Example:
    """A middle ends where the suffix goes on."""
    end = () if how.end is None else (how.end,)
    return Example(tuple(prompt_of(backend, event, how.max_tokens)), (*backend.encode(event.text), *end))


def _left_to_right(backend: Backend, event: Accepted, max_tokens: int) -> Example:
    """Text goes on with the rest of its line: were nothing behind it learned, a model would forget how lines end in a file."""
    rest = "".join(event.suffix.partition("\n")[:2])
    prompt = prompt_of(backend, replace(event, suffix=""), max_tokens)
    return Example(tuple(prompt), tuple(backend.encode(event.text + rest)[: backend.context_tokens - len(prompt)]))
