"""What OpenAI's clients send to /v1/completions, and the request that it stands for."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from seedbed.core.text.unicode import Text
from seedbed.models.inference.backend import Sampling
from seedbed.serving.completion.request import MOST_CANDIDATES, CompletionRequest
from seedbed.serving.http.errors import Refusal
from seedbed.serving.http.fim_text import split

T = TypeVar("T")
DEFAULTS = Sampling()
_MOST_STOPS = 64
Stops = Annotated[list[Annotated[Text, Field(min_length=1)]], Field(max_length=_MOST_STOPS)]
FilePath = Annotated[Text, Field(max_length=1000)]


class StreamOptions(BaseModel):
    include_usage: bool = False


class CompletionBody(BaseModel):
    """Fields that are not named here are let pass: editors send more than they need, such as penalties."""

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
    def _one_is_a_list_of_one(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def requests(self, most_new_tokens: int) -> list[CompletionRequest]:
        """One for each prompt. Raises: Refusal for what is not offered; InputError for values that mean nothing."""
        self._check_offered()
        sampling = Sampling(
            temperature=_or(self.temperature, DEFAULTS.temperature),
            top_k=_or(self.top_k, DEFAULTS.top_k),
            top_p=_or(self.top_p, DEFAULTS.top_p),
            max_new_tokens=min(self.max_tokens or DEFAULTS.max_new_tokens, most_new_tokens),
            n=self.n or 1,
            seed=self.seed or 0,
            stop=tuple(self.stop or ()),
        )
        return [self._request(prompt, sampling) for prompt in self.prompt]

    def _request(self, prompt: str, sampling: Sampling) -> CompletionRequest:
        prefix, suffix = (None if self.suffix else split(prompt)) or (prompt, self.suffix or "")
        return CompletionRequest(prefix, suffix, self.path, self.language, sampling)

    def _check_offered(self) -> None:
        refused = {"echo": bool(self.echo), "logit_bias": bool(self.logit_bias), "best_of": (self.best_of or 1) > (self.n or 1)}
        for name in (name for name, is_set in refused.items() if is_set):
            raise Refusal(400, f"{name}: not offered here. Allowed: to leave it out.", code="unsupported_parameter", param=name)
        if not 1 <= len(self.prompt) * (self.n or 1) <= MOST_CANDIDATES:
            what = f"prompt: {len(self.prompt)} with n {self.n or 1}. Allowed: 1 to {MOST_CANDIDATES} completions in all."
            raise Refusal(400, what, code="invalid_value", param="prompt")
        if self.stream and self.logprobs is not None:
            raise Refusal(
                400, "logprobs: not in a stream. Allowed: without stream.", code="unsupported_parameter", param="logprobs"
            )
        if self.stream and len(self.prompt) > 1:
            raise Refusal(400, "prompt: more than one is not streamed. Allowed: one.", code="invalid_value", param="prompt")


def _or(value: T | None, default: T) -> T:
    return default if value is None else value
