"""What clients of llama.cpp's server send to /infill and /completion, and the request that it stands for."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from seedbed.core.text.unicode import Text
from seedbed.models.inference.backend import OtherFile, Sampling
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.fim_text import split
from seedbed.serving.http.openai_body import DEFAULTS, FilePath, Stops

T = TypeVar("T")


class Extra(BaseModel):
    """A piece of another file."""

    model_config = ConfigDict(extra="ignore")

    text: Text
    filename: Text = ""


class LlamaBody(BaseModel):
    """Fields that are not named here are let pass, such as the choice of samplers and the limits of time.

    path and language of the file are ours: llama.cpp has none, and without either nothing can be parsed.
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
    def _nothing_is_none(cls, value: Any) -> Any:
        return [] if value is None else [value] if isinstance(value, str) else value

    @field_validator("temperature", "top_k", "top_p", "n_predict", "seed", mode="before")
    @classmethod
    def _left_out(cls, value: Any, info: Any) -> Any:
        return cls.model_fields[info.field_name].default if value is None else value

    def request(self, most_new_tokens: int) -> CompletionRequest:
        """Raises: InputError for values that mean nothing."""
        prefix, suffix = split(self.prompt) or (self.prompt, "")
        return CompletionRequest(prefix, suffix, self.path, self.language, self._sampling(most_new_tokens))

    def _sampling(self, most_new_tokens: int) -> Sampling:
        """-1 stands for no limit, and of a seed for any."""
        wanted = self.n_predict if self.n_predict > 0 else most_new_tokens
        return Sampling(
            temperature=self.temperature,
            top_k=max(0, self.top_k),
            top_p=self.top_p,
            max_new_tokens=min(wanted, most_new_tokens),
            seed=max(0, self.seed),
            stop=tuple(self.stop),
        )


class InfillBody(LlamaBody):
    """`prompt` is what stands of the cursor's line before it."""

    input_prefix: Text = ""
    input_suffix: Text = ""
    input_extra: list[Extra] = Field(default_factory=list)

    def request(self, most_new_tokens: int) -> CompletionRequest:
        """Raises: as for any."""
        return CompletionRequest(
            self.input_prefix + self.prompt,
            self.input_suffix,
            self.path,
            self.language,
            self._sampling(most_new_tokens),
            others=tuple(OtherFile(one.filename, one.text) for one in self.input_extra if one.text.strip()),
        )
