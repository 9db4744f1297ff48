"""/v1/completions and /v1/models, as OpenAI's clients know them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from seedbed.serving.completion.answer import Answer, Candidate
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.errors import Refusal
from seedbed.serving.http.event_stream import Event, opened
from seedbed.serving.http.logprobs import Unshaped, logprobs
from seedbed.serving.http.openai_body import CompletionBody
from seedbed.serving.http.service import Service

router = APIRouter()


@router.post("/v1/completions")
async def completions(body: CompletionBody, request: Request) -> Response:
    """Completions of a prompt; with `suffix`, of what stands between."""
    service: Service = request.app.state.service
    wanted = body.requests(service.most_new_tokens)
    head = _head(service)
    if body.stream:
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        return await opened(request, _events(service, request, wanted[0], head, with_usage=with_usage), service.metrics)
    if body.logprobs is not None:
        return JSONResponse({**head, **_unshaped(service, wanted, await service.unshaped(request, wanted))})
    answers = await service.complete(request, wanted)
    candidates = [one for answer in answers for one in _as_many(answer.candidates, wanted[0].sampling.n)]
    choices = [_choice(index, one) for index, one in enumerate(candidates)]
    return JSONResponse({**head, "choices": choices, "usage": _usage(answers), "seedbed": of_answer(answers[0])})


@router.get("/v1/models")
async def models(request: Request) -> Response:
    """The one model that is served."""
    return JSONResponse({"object": "list", "data": [_model(request.app.state.service)]})


@router.get("/v1/models/{name:path}")
async def model(name: str, request: Request) -> Response:
    """The model, by its name. Raises: Refusal for another; only this address asks, a completion takes any name."""
    told = _model(request.app.state.service)
    if name != told["id"]:
        raise Refusal(404, f"No such model. Allowed: {told['id']}.", code="model_not_found", param="model")
    return JSONResponse(told)


def _model(service: Service) -> dict[str, Any]:
    backend = service.completer.backend
    named = {"id": backend.name, "object": "model", "created": service.created, "owned_by": "seedbed"}
    return {**named, "max_model_len": backend.context_tokens}


async def _events(
    service: Service, request: Request, wanted: CompletionRequest, head: dict[str, Any], *, with_usage: bool
) -> AsyncGenerator[Event]:
    nothing = {"usage": None} if with_usage else {}
    async for piece in service.pieces(request, wanted):
        if isinstance(piece, str):
            yield {**head, "choices": [{"index": 0, "text": piece, "logprobs": None, "finish_reason": None}], **nothing}
            continue
        for index, one in enumerate(_as_many(piece.candidates, wanted.sampling.n)):
            yield {**head, "choices": [_choice(index, one)], "seedbed": of_answer(piece), **nothing}
        if with_usage:
            yield {**head, "choices": [], "usage": _usage([piece])}
    yield "[DONE]"


def _unshaped(service: Service, wanted: Sequence[CompletionRequest], told: Sequence[Unshaped]) -> dict[str, Any]:
    """Choices with the probability of each of their tokens."""
    choices: list[dict[str, Any]] = []
    for request, one in zip(wanted, told, strict=True):
        for completion, is_withheld in zip(one.completions, one.is_withheld, strict=True):
            tokens = None if is_withheld else logprobs(service.completer.backend, completion, len(request.prefix))
            reason = "content_filter" if is_withheld else completion.finish_reason
            text = "" if is_withheld else completion.text
            choices.append({"index": len(choices), "text": text, "logprobs": tokens, "finish_reason": reason})
    prompt = sum(one.prompt_tokens for one in told)
    count = sum(len(completion.token_ids) for one in told for completion in one.completions)
    return {"choices": choices, "usage": _counts(prompt, count)}


def _head(service: Service) -> dict[str, Any]:
    name = service.completer.backend.name
    return {"id": f"cmpl-{secrets.token_hex(12)}", "object": "text_completion", "created": service.created, "model": name}


def _as_many(candidates: Sequence[Candidate], wanted: int) -> Iterator[Candidate]:
    """As many as were asked for; those that became equal are one for us, and as many as they were for a client that counts."""
    for number in range(wanted):
        yield candidates[number % len(candidates)]


def _choice(index: int, candidate: Candidate) -> dict[str, Any]:
    return {
        "index": index,
        "text": candidate.text,
        "logprobs": None,
        "finish_reason": finish_reason(candidate),
        "seedbed": of_candidate(candidate),
    }


def of_candidate(candidate: Candidate) -> dict[str, Any]:
    """What is said of a candidate beyond OpenAI's fields; each match with its line for a person, and its link."""
    return {
        "reasons": candidate.reasons,
        "findings": [asdict(one) for one in candidate.findings],
        "matches": [{**asdict(one), "summary": str(one), "url": one.url} for one in candidate.matches],
        "mean_log_probability": candidate.mean_log_probability,
    }


def finish_reason(candidate: Candidate) -> str:
    """OpenAI's word for why a text ends: a rule of ours that cut it is a stop as good as the model's."""
    if candidate.is_withheld:
        return "content_filter"
    return "length" if candidate.finish_reason == "length" and not candidate.shaped else "stop"


def _usage(answers: Sequence[Answer]) -> dict[str, int]:
    """Tokens that the model read and wrote; none for an answer from the cache."""
    told = [answer for answer in answers if answer.source == "model"]
    prompt = sum(answer.prompt_tokens for answer in told)
    written = sum(one.tokens for answer in told for one in answer.candidates)
    return _counts(prompt, written)


def _counts(prompt: int, written: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def of_answer(answer: Answer) -> dict[str, Any]:
    """What is said of an answer beyond OpenAI's fields."""
    return {"source": answer.source, "fim": answer.is_fim, "timings_ms": dict(answer.timings_ms)}
