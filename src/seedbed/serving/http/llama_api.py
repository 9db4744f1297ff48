"""/infill and /completion, as llama.cpp's server has them, for editors that were made for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.event_stream import Event, opened
from seedbed.serving.http.llama_body import InfillBody, LlamaBody
from seedbed.serving.http.openai_api import finish_reason, of_answer, of_candidate
from seedbed.serving.http.service import Service

router = APIRouter()


@router.post("/infill")
async def infill(body: InfillBody, request: Request) -> Response:
    """What stands between two texts."""
    return await _answered(body, request)


@router.post("/completion")
@router.post("/completions")
async def completion(body: LlamaBody, request: Request) -> Response:
    """What follows a prompt."""
    return await _answered(body, request)


async def _answered(body: LlamaBody, request: Request) -> Response:
    service: Service = request.app.state.service
    wanted = body.request(service.most_new_tokens)
    if body.n_predict == 0:  # an editor that wants a prompt read ahead; the next request reads it
        return JSONResponse(_chosen(_nothing(service), body.response_fields))
    if body.stream:
        return await opened(request, _events(service, request, wanted), service.metrics)
    (answer,) = await service.complete(request, [wanted])
    return JSONResponse(_chosen(_told(answer, answer.candidates[0].text), body.response_fields))


async def _events(service: Service, request: Request, wanted: CompletionRequest) -> AsyncGenerator[Event]:
    async for piece in service.pieces(request, wanted):
        if isinstance(piece, str):
            yield {"index": 0, "content": piece, "tokens": [], "stop": False}
        else:
            yield _told(piece, piece.candidates[0].text)


def _told(answer: Answer, text: str) -> dict[str, Any]:
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
        "seedbed": {**of_answer(answer), **of_candidate(best)},
    }


def _timings(answer: Answer, written: int) -> dict[str, float]:
    """In milliseconds; the backends tell the time of a model as one, so that of reading is 0 and all of it is that of writing."""
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


def _nothing(service: Service) -> dict[str, Any]:
    name = service.completer.backend.name
    return {"index": 0, "content": "", "tokens": [], "stop": True, "model": name, "tokens_predicted": 0, "stop_type": "limit"}


def _chosen(told: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """All of an answer, or what is asked for: `timings/prompt_n` is a field of a field, and a key of its own in the answer."""
    if not fields:
        return dict(told)
    inside = {f"{name}/{key}": value for name, part in told.items() if isinstance(part, dict) for key, value in part.items()}
    return {name: value for name, value in {**told, **inside}.items() if name in fields}
