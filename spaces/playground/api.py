"""The named endpoints, for programs: no page, no state."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import gradio as gr
from feedback import NOT_KEPT, Keeper, event_of
from requests import DEFAULTS, NO_ANSWER, request_of

from seedbed.core.errors import GenerationError, InputError
from seedbed.serving.completion.answer import Candidate
from seedbed.serving.completion.completer import Completer

_CODE = """from gradio_client import Client

client = Client("{address}")
answer = client.predict(
    prefix="def add(a, b):\\n    return ",
    suffix="",  # code after the cursor: fills in the middle where the model can
    language="Python",
    temperature=0.2,
    top_k=50,
    new_tokens=64,
    candidates=2,
    api_name="/complete",
)
best = answer["candidates"][0]
print(best["text"], best["reasons"], best["findings"], best["matches"], answer["timings_ms"])

# Only what its author agrees to: with consent=False nothing is kept.
client.predict(
    id=answer["id"] + ".0.accepted",  # sent twice, it counts once
    action="accepted",  # shown, accepted, edited (with final) or rejected
    consent=True,
    shown=best["text"],
    final="",
    prefix="def add(a, b):\\n    return ",
    suffix="",
    language="Python",
    completion_id=answer["id"],
    api_name="/feedback",
)
"""


def add_endpoints(completer: Completer, keeper: Keeper, running: int) -> None:
    """Add them to the open Blocks."""
    gr.api(_completing(completer), api_name="complete", concurrency_id="model", concurrency_limit=running)
    gr.api(_feeding_back(keeper), api_name="feedback", concurrency_limit=running)


def code(request: gr.Request) -> str:
    """The example of the API tab, for the address at which the page was asked for."""
    space = os.environ.get("SPACE_ID", "")
    return _CODE.format(address=space or str(request.request.base_url))


def _completing(completer: Completer) -> Callable[..., dict[str, Any]]:
    def complete(
        prefix: str,
        suffix: str = "",
        language: str = "Python",
        temperature: float = DEFAULTS.temperature,
        top_k: float = DEFAULTS.top_k,
        new_tokens: float = DEFAULTS.max_new_tokens,
        candidates: float = 1,
    ) -> dict[str, Any]:
        """Candidates for the place between prefix and suffix, the best first, with what speaks for and against each."""
        try:
            request = request_of(prefix, suffix, language, temperature, top_k, new_tokens, candidates)
            answer = completer.complete(request)
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except GenerationError as error:
            raise gr.Error(NO_ANSWER, print_exception=False) from error
        return {
            "id": uuid4().hex,
            "model": answer.model,
            "source": answer.source,
            "is_fim": answer.is_fim,
            "candidates": [_told(one) for one in answer.candidates],
            "timings_ms": dict(answer.timings_ms),
        }

    return complete


def _told(candidate: Candidate) -> dict[str, Any]:
    told = asdict(candidate)
    told["matches"] = [{**asdict(match), "line": str(match), "url": match.url} for match in candidate.matches]
    return told


def _feeding_back(keeper: Keeper) -> Callable[..., dict[str, Any]]:
    def feedback(
        id: str,  # noqa: A002 - the name of the field
        action: str,
        consent: bool,
        shown: str = "",
        final: str = "",
        prefix: str = "",
        suffix: str = "",
        language: str = "",
        completion_id: str = "",
    ) -> dict[str, Any]:
        """Keep what became of a candidate, once, and only with consent."""
        fields = {"shown": shown, "final": final, "prefix": prefix, "suffix": suffix, "language": language}
        try:
            event = event_of({"id": id, "action": action, "consent": consent, "completion_id": completion_id, **fields})
            if not event.consent:
                return {"kept": False, "why": NOT_KEPT}
            return {"kept": True, "is_new": keeper.told(event)}
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return feedback
