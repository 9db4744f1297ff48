"""The prompt of a place as the request path makes it: what is learned is what will be asked."""

from __future__ import annotations

from collections.abc import Iterable

from seedbed.completion.completer import Completer
from seedbed.completion.request import CompletionRequest
from seedbed.finetuning.events import Accepted
from seedbed.generation import Backend, Sampling
from seedbed.model.adapter.examples import Example


def prompt_of(backend: Backend, event: Accepted, max_tokens: int) -> list[int]:
    """Token ids before an accepted text.

    Args: max_tokens: room for the text, as a request leaves for what is written.
    """
    request = CompletionRequest(
        event.prefix, event.suffix, event.path, event.language, sampling=Sampling(max_new_tokens=max_tokens)
    )
    return Completer(backend).prompt(request)


def examples_of(backend: Backend, events: Iterable[Accepted], max_tokens: int, end: int | None) -> list[Example]:
    """What is learned of each event.

    A middle ends with the token `end`: that is where the suffix goes on. Text at the end of a file goes on as it may, so
    nothing is said of its end.
    """
    return [
        Example(
            tuple(prompt_of(backend, one, max_tokens)),
            (*backend.encode(one.text), *([end] if end is not None and backend.has_fim and one.suffix.strip() else [])),
        )
        for one in events
    ]
