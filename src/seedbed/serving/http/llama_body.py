"""Request bodies of /infill and /completion, as clients of llama.cpp's server send them."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from seedbed.core.text.unicode import Text
from seedbed.models.inference.backend import OtherFile, Sampling
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.http.openai_body import DEFAULTS, FilePath, Stops, split_fim_prompt

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
