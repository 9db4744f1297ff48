"""/infill and /completion of llama.cpp's server, for editors that were made for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.llama_body import InfillBody, LlamaBody
from seedbed.serving.http.openai_api import answer_fields, candidate_fields, finish_reason
from seedbed.serving.http.service import Service
from seedbed.serving.http.streaming import StreamEvent, open_stream

router = APIRouter()


@router.post("/infill")
async def infill(body: InfillBody, http: Request) -> Response:
    """Fill in what stands between two texts."""
    return await _respond(body, http)


@router.post("/completion")
@router.post("/completions")
async def completion(body: LlamaBody, http: Request) -> Response:
    """Complete a prompt."""
    return await _respond(body, http)


async def _respond(body: LlamaBody, http: Request) -> Response:
    service: Service = http.app.state.service
    request = body.request(service.max_new_tokens)
    if body.n_predict == 0:  # an editor asks for the prompt to be read ahead; its next request does that
        return JSONResponse(_selected(_empty(service), body.response_fields))
    if body.stream:
        return await open_stream(http, _events(service, http, request), service.metrics)
    (answer,) = await service.complete(http, [request])
    return JSONResponse(_selected(_final(answer, answer.candidates[0].text), body.response_fields))


async def _events(service: Service, http: Request, request: CompletionRequest) -> AsyncGenerator[StreamEvent]:
    async for piece in service.stream(http, request):
        if isinstance(piece, str):
            yield {"index": 0, "content": piece, "tokens": [], "stop": False}
        else:
            yield _final(piece, "")


def _final(answer: Answer, text: str) -> dict[str, Any]:
    best = answer.candidates[0]
    is_cached = answer.source == "cache"
    written = 0 if is_cached else best.tokens
    return {
        "index": 0,
        "content": text,
        "tokens": [],
        "stop": True,
        "model": answer.model,
        "tokens_predicted": written,
        "tokens_evaluated": answer.prompt_tokens,
        "tokens_cached": answer.prompt_tokens + written,
        "truncated": False,
        "stop_type": "limit" if finish_reason(best) == "length" else "eos",
        "stopping_word": "",
        "timings": _timings(answer, written),
        "seedbed": {**answer_fields(answer), **candidate_fields(best)},
    }


def _timings(answer: Answer, written: int) -> dict[str, float]:
    """Milliseconds. Backends report one time for reading and writing; all of it counts as writing."""
    spent = answer.timings_ms.get("model", 0.0)
    return {
        "prompt_n": answer.prompt_tokens,
        "prompt_ms": 0.0,
        "prompt_per_token_ms": 0.0,
        "prompt_per_second": 0.0,
        "predicted_n": written,
        "predicted_ms": spent,
        "predicted_per_token_ms": spent / max(1, written),
        "predicted_per_second": 1000 * written / spent if spent else 0.0,
    }


def _empty(service: Service) -> dict[str, Any]:
    fields = {"index": 0, "content": "", "tokens": [], "stop": True, "model": service.completer.name}
    return {**fields, "tokens_predicted": 0, "stop_type": "limit"}


def _selected(fields: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The named fields, or all without names. `timings/prompt_n` names a field of a field, and is its key in the response."""
    if not names:
        return dict(fields)
    nested = {f"{name}/{key}": value for name, part in fields.items() if isinstance(part, dict) for key, value in part.items()}
    return {name: value for name, value in {**fields, **nested}.items() if name in names}
