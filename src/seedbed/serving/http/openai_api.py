"""/v1/completions and /v1/models, as OpenAI's clients expect them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from seedbed.serving.completion.answer import Answer, Candidate, TokenAnswer, TokenCandidate
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.errors import Refusal
from seedbed.serving.http.openai_body import CompletionBody
from seedbed.serving.http.service import Service
from seedbed.serving.http.streaming import StreamEvent, open_stream

router = APIRouter()


@router.post("/v1/completions")
async def completions(body: CompletionBody, http: Request) -> Response:
    """Complete a prompt; with `suffix`, fill in what stands between."""
    service: Service = http.app.state.service
    requests = body.requests(service.max_new_tokens)
    head = _head(service)
    if body.stream:
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        return await open_stream(http, _events(service, http, requests[0], head, with_usage=with_usage), service.metrics)
    if body.logprobs is not None:
        token_answers = await service.complete_tokens(http, requests)
        return JSONResponse({**head, **_token_choices(requests, token_answers)})
    answers = await service.complete(http, requests)
    candidates = [candidate for answer in answers for candidate in _repeated(answer.candidates, requests[0].sampling.n)]
    choices = [_choice(index, candidate, candidate.text) for index, candidate in enumerate(candidates)]
    return JSONResponse({**head, "choices": choices, "usage": _usage(answers), "seedbed": answer_fields(answers[0])})


@router.get("/v1/models")
async def models(http: Request) -> Response:
    """List the one model that is served."""
    return JSONResponse({"object": "list", "data": [_model(http.app.state.service)]})


@router.get("/v1/models/{name:path}")
async def model(name: str, http: Request) -> Response:
    """Describe the model. A completion accepts any model name; this address only the served one.

    Raises: Refusal for another name.
    """
    served = _model(http.app.state.service)
    if name != served["id"]:
        raise Refusal(404, f"No such model. Allowed: {served['id']}.", code="model_not_found", param="model")
    return JSONResponse(served)


def _model(service: Service) -> dict[str, Any]:
    completer = service.completer
    fields = {"id": completer.name, "object": "model", "created": service.created, "owned_by": "seedbed"}
    return {**fields, "max_model_len": completer.context_tokens}


async def _events(
    service: Service, http: Request, request: CompletionRequest, head: dict[str, Any], *, with_usage: bool
) -> AsyncGenerator[StreamEvent]:
    no_usage = {"usage": None} if with_usage else {}
    is_in_pieces = request.sampling.n == 1
    async for piece in service.stream(http, request):
        if isinstance(piece, str):
            yield {**head, "choices": [{"index": 0, "text": piece, "logprobs": None, "finish_reason": None}], **no_usage}
            continue
        for index, candidate in enumerate(_repeated(piece.candidates, request.sampling.n)):
            choice = _choice(index, candidate, "" if is_in_pieces else candidate.text)
            yield {**head, "choices": [choice], "seedbed": answer_fields(piece), **no_usage}
        if with_usage:
            yield {**head, "choices": [], "usage": _usage([piece])}
    yield "[DONE]"


def _token_choices(requests: Sequence[CompletionRequest], answers: Sequence[TokenAnswer]) -> dict[str, Any]:
    """Choices with the log-probability of each of their tokens."""
    choices: list[dict[str, Any]] = []
    for request, answer in zip(requests, answers, strict=True):
        for candidate in answer.candidates:
            logprobs = None if candidate.is_withheld else _logprobs(candidate, len(request.prefix))
            reason = "content_filter" if candidate.is_withheld else candidate.finish_reason
            choices.append({"index": len(choices), "text": candidate.text, "logprobs": logprobs, "finish_reason": reason})
    prompt = sum(answer.prompt_tokens for answer in answers)
    written = sum(candidate.token_count for answer in answers for candidate in answer.candidates)
    return {"choices": choices, "usage": _counts(prompt, written)}


def _logprobs(candidate: TokenCandidate, offset: int) -> dict[str, Any]:
    """Tokens in OpenAI's form. offset: character at which the first of them stands."""
    tokens, values = candidate.tokens, candidate.log_probabilities
    starts = list(accumulate(map(len, tokens[:-1]), initial=offset)) if tokens else []
    top = [{token: value} for token, value in zip(tokens, values, strict=True)]
    return {"tokens": tokens, "token_logprobs": values, "top_logprobs": top, "text_offset": starts}


def _head(service: Service) -> dict[str, Any]:
    completion_id = f"cmpl-{secrets.token_hex(12)}"
    return {"id": completion_id, "object": "text_completion", "created": service.created, "model": service.completer.name}


def _repeated(candidates: Sequence[Candidate], count: int) -> Iterator[Candidate]:
    """As many as requested: candidates with equal texts are one for us, but a client counts its choices."""
    for number in range(count):
        yield candidates[number % len(candidates)]


def _choice(index: int, candidate: Candidate, text: str) -> dict[str, Any]:
    return {
        "index": index,
        "text": text,
        "logprobs": None,
        "finish_reason": finish_reason(candidate),
        "seedbed": candidate_fields(candidate),
    }


def candidate_fields(candidate: Candidate) -> dict[str, Any]:
    """Fields of a candidate beyond OpenAI's; each match with a line for people and a link."""
    return {
        "reasons": candidate.reasons,
        "findings": [asdict(finding) for finding in candidate.findings],
        "matches": [{**asdict(match), "summary": str(match), "url": match.url} for match in candidate.matches],
        "mean_log_probability": candidate.mean_log_probability,
    }


def finish_reason(candidate: Candidate) -> str:
    """OpenAI's name for why a text ends. A text that post-processing cut ended with "stop"."""
    if candidate.is_withheld:
        return "content_filter"
    return "length" if candidate.finish_reason == "length" and not candidate.shaped else "stop"


def _usage(answers: Sequence[Answer]) -> dict[str, int]:
    """Tokens that the model read and wrote; none for an answer from the cache."""
    written_now = [answer for answer in answers if answer.source == "model"]
    prompt = sum(answer.prompt_tokens for answer in written_now)
    written = sum(candidate.tokens for answer in written_now for candidate in answer.candidates)
    return _counts(prompt, written)


def _counts(prompt: int, written: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}


def answer_fields(answer: Answer) -> dict[str, Any]:
    """Fields of an answer beyond OpenAI's."""
    return {"source": answer.source, "fim": answer.is_fim, "timings_ms": dict(answer.timings_ms)}
