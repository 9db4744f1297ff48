"""OpenAI's completions API: /v1/completions and /v1/models."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.responses import JSONResponse, Response

from seedbed.core.text.decoding import Text
from seedbed.models.inference.backend import Sampling
from seedbed.models.inference.vocabulary import FAMILIES
from seedbed.serving.completion.answer import Answer, Candidate, TokenAnswer, TokenCandidate
from seedbed.serving.completion.request import MAX_CANDIDATES, CompletionRequest
from seedbed.serving.http.errors import Refusal
from seedbed.serving.http.service import Service
from seedbed.serving.http.streaming import StreamEvent, open_stream

T = TypeVar("T")
DEFAULTS = Sampling()
_MOST_STOPS = 64
Stops = Annotated[list[Annotated[Text, Field(min_length=1)]], Field(max_length=_MOST_STOPS)]
FilePath = Annotated[Text, Field(max_length=1000)]


class StreamOptions(BaseModel):
    include_usage: bool = False


class CompletionBody(BaseModel):
    """Unknown fields are ignored: editors send many, such as penalties."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    prompt: list[Text]
    suffix: Text | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    seed: int | None = None
    stop: Stops | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    logprobs: Annotated[int, Field(ge=0, le=1)] | None = None
    echo: bool | None = None
    best_of: int | None = None
    logit_bias: dict[str, float] | None = None
    path: FilePath = ""
    language: str = ""

    @field_validator("prompt", "stop", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def requests(self, max_new_tokens: int) -> list[CompletionRequest]:
        """One completion request for each prompt.

        Raises: Refusal for a parameter that is not supported; InputError for values out of range.
        """
        self._check_supported()
        sampling = Sampling(
            temperature=_or(self.temperature, DEFAULTS.temperature),
            top_k=_or(self.top_k, DEFAULTS.top_k),
            top_p=_or(self.top_p, DEFAULTS.top_p),
            max_new_tokens=min(self.max_tokens or DEFAULTS.max_new_tokens, max_new_tokens),
            n=self.n or 1,
            seed=self.seed or 0,
            stop=tuple(self.stop or ()),
        )
        return [self._request(prompt, sampling) for prompt in self.prompt]

    def _request(self, prompt: str, sampling: Sampling) -> CompletionRequest:
        prefix, suffix = (None if self.suffix else split_fim_prompt(prompt)) or (prompt, self.suffix or "")
        return CompletionRequest(prefix, suffix, self.path, self.language, sampling)

    def _check_supported(self) -> None:
        refused = {"echo": bool(self.echo), "logit_bias": bool(self.logit_bias), "best_of": (self.best_of or 1) > (self.n or 1)}
        for name in (name for name, is_set in refused.items() if is_set):
            raise Refusal(400, f"{name}: not supported. Allowed: leave it out.", code="unsupported_parameter", param=name)
        if not 1 <= len(self.prompt) * (self.n or 1) <= MAX_CANDIDATES:
            message = f"prompt: {len(self.prompt)} with n {self.n or 1}. Allowed: 1 to {MAX_CANDIDATES} completions in all."
            raise Refusal(400, message, code="invalid_value", param="prompt")
        if self.stream and self.logprobs is not None:
            raise Refusal(
                400, "logprobs: not in a stream. Allowed: without stream.", code="unsupported_parameter", param="logprobs"
            )
        if self.stream and len(self.prompt) > 1:
            raise Refusal(400, "prompt: more than one is not streamed. Allowed: one.", code="invalid_value", param="prompt")


def _or(value: T | None, default: T) -> T:
    return default if value is None else value


def split_fim_prompt(prompt: str) -> tuple[str, str] | None:
    """Text before and behind the cursor of a prompt in which an editor wrote the special tokens of a family of models itself:
    `PREFIX before SUFFIX behind MIDDLE`; None for any other prompt.

    Our backends read special tokens as plain text, so that a file cannot forge them. This is the one exception.

    >>> split_fim_prompt("<fim_prefix>def f(<fim_suffix>): pass<fim_middle>")
    ('def f(', '): pass')
    >>> split_fim_prompt("print('<fim_prefix>')") is None
    True
    """
    for family in FAMILIES.values():
        if not (prompt.startswith(family.prefix) and prompt.endswith(family.middle)):
            continue
        before, mark, behind = prompt[len(family.prefix) : len(prompt) - len(family.middle)].partition(family.suffix)
        if mark and family.suffix not in behind:
            return before, behind
    return None


router = APIRouter()


@router.post("/v1/completions")
async def completions(body: CompletionBody, http: Request) -> Response:
    """Complete a prompt; with `suffix`, fill in the middle."""
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
