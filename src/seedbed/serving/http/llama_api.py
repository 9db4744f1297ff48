"""The API of llama.cpp's server: /infill and /completion."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.responses import JSONResponse, Response

from seedbed.core.text.decoding import Text
from seedbed.models.inference.backend import OtherFile, Sampling
from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.openai_api import (
    DEFAULTS,
    FilePath,
    Stops,
    answer_fields,
    candidate_fields,
    finish_reason,
    split_fim_prompt,
)
from seedbed.serving.http.service import Service
from seedbed.serving.http.streaming import StreamEvent, open_stream

T = TypeVar("T")


class Extra(BaseModel):
    """A piece of another file."""

    model_config = ConfigDict(extra="ignore")

    text: Text
    filename: Text = ""


class LlamaBody(BaseModel):
    """Unknown fields are ignored, such as the choice of samplers and time limits.

    path, language: of the file; our own fields, without which the code cannot be parsed.
    """

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    prompt: Text = ""
    n_predict: Annotated[int, Field(ge=-2)] = DEFAULTS.max_new_tokens
    temperature: float = DEFAULTS.temperature
    top_k: int = DEFAULTS.top_k
    top_p: float = DEFAULTS.top_p
    seed: int = 0
    stop: Stops = Field(default_factory=list)
    stream: bool = False
    response_fields: list[str] = Field(default_factory=list)
    path: FilePath = ""
    language: str = ""

    @field_validator("stop", "response_fields", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [] if value is None else [value] if isinstance(value, str) else value

    @field_validator("temperature", "top_k", "top_p", "n_predict", "seed", mode="before")
    @classmethod
    def _default_for_null(cls, value: Any, info: Any) -> Any:
        return cls.model_fields[info.field_name].default if value is None else value

    def request(self, max_new_tokens: int) -> CompletionRequest:
        """The completion request. Raises: InputError for values out of range."""
        prefix, suffix = split_fim_prompt(self.prompt) or (self.prompt, "")
        return CompletionRequest(prefix, suffix, self.path, self.language, self._sampling(max_new_tokens))

    def _sampling(self, max_new_tokens: int) -> Sampling:
        """-1 means no limit of tokens, and any seed."""
        limit = self.n_predict if self.n_predict > 0 else max_new_tokens
        return Sampling(
            temperature=self.temperature,
            top_k=max(0, self.top_k),
            top_p=self.top_p,
            max_new_tokens=min(limit, max_new_tokens),
            seed=max(0, self.seed),
            stop=tuple(self.stop),
        )


class InfillBody(LlamaBody):
    """`prompt` is the text of the cursor's line before the cursor."""

    input_prefix: Text = ""
    input_suffix: Text = ""
    input_extra: list[Extra] = Field(default_factory=list)

    def request(self, max_new_tokens: int) -> CompletionRequest:
        """The completion request. Raises: InputError for values out of range."""
        return CompletionRequest(
            self.input_prefix + self.prompt,
            self.input_suffix,
            self.path,
            self.language,
            self._sampling(max_new_tokens),
            others=tuple(OtherFile(extra.filename, extra.text) for extra in self.input_extra if extra.text.strip()),
        )


router = APIRouter()


@router.post("/infill")
async def infill(body: InfillBody, http: Request) -> Response:
    """Fill in the text between a prefix and a suffix."""
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
