"""Request bodies of /v1/completions, as OpenAI's clients send them."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from seedbed.core.text.unicode import Text
from seedbed.models.inference.backend import Sampling
from seedbed.models.inference.vocabulary import FAMILIES
from seedbed.serving.completion.request import MAX_CANDIDATES, CompletionRequest
from seedbed.serving.http.errors import Refusal

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
