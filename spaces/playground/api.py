"""Named endpoints for programs, without page or state."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import gradio as gr
from feedback import NOT_STORED, FeedbackRecorder, event_of
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

# Send it only with the consent of the person who decided: with consent=False nothing is stored.
client.predict(
    id=answer["id"] + ".0.accepted",  # an id that is sent twice counts once
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


def add_endpoints(completer: Completer, recorder: FeedbackRecorder, running: int) -> None:
    """Add the endpoints to the open Blocks."""
    gr.api(_completing(completer), api_name="complete", concurrency_id="model", concurrency_limit=running)
    gr.api(_feeding_back(recorder), api_name="feedback", concurrency_limit=running)


def code(request: gr.Request) -> str:
    """The example of the API tab, with the address of this page."""
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
        """Complete the code between prefix and suffix: candidates, the best first, with reasons, findings and matches.

        Raises: gr.Error for a value that is not allowed, or when the model fails.
        """
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
            "candidates": [_fields(candidate) for candidate in answer.candidates],
            "timings_ms": dict(answer.timings_ms),
        }

    return complete


def _fields(candidate: Candidate) -> dict[str, Any]:
    fields = asdict(candidate)
    fields["matches"] = [{**asdict(match), "line": str(match), "url": match.url} for match in candidate.matches]
    return fields


def _feeding_back(recorder: FeedbackRecorder) -> Callable[..., dict[str, Any]]:
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
        """Store what a person did with a candidate, once, and only with consent.

        Raises: gr.Error for a value that is not allowed, or when the event cannot be stored.
        """
        fields = {"shown": shown, "final": final, "prefix": prefix, "suffix": suffix, "language": language}
        try:
            event = event_of({"id": id, "action": action, "consent": consent, "completion_id": completion_id, **fields})
            if not event.consent:
                return {"kept": False, "why": NOT_STORED}
            return {"kept": True, "is_new": recorder.record(event)}
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return feedback
