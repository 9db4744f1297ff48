"""Windows of files that the base was trained on, told again, so that what it knows is not forgotten for what is new."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from seedbed.evaluation.documents import Document
from seedbed.models.inference.backend import Backend
from seedbed.models.lora.examples import Example
from seedbed.models.tokens.seeded_random import draws


def replayed(backend: Backend, documents: Sequence[Document], count: int, seed: int) -> list[Example]:
    """A window of each of `count` files, as long as the context; the loss is taken of all of it.

    Source: Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal".
    """
    chosen = heapq.nsmallest(count, documents, key=lambda one: draws(seed, "replay", one.id)[0])
    return [_window(backend, one, draws(seed, "window", one.id)[0]) for one in chosen]


def _window(backend: Backend, document: Document, where: float) -> Example:
    ids = [*backend.plain_prompt("", path=document.path), *backend.encode(document.text)]
    start = int(where * max(1, len(ids) - backend.context_tokens + 1))
    first, *rest = ids[start : start + backend.context_tokens]
    return Example((first,), tuple(rest))
