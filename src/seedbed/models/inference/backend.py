"""The interface to a model, whichever program runs it: prompts in, completions with log-probabilities out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from seedbed.core.errors import InputError

Ids = Sequence[int]
"""A prompt or a text as token ids; characters where the backend's docstring says so."""

FinishReason = Literal["stop", "length", "cancelled"]
"""Why a completion ended: end of text or a stop string; `max_new_tokens` or the context; the caller cancelled it."""

Cancelled = Callable[[], bool]
"""Called again and again during generation; generation ends once it returns true."""


def never() -> bool:
    """Never cancel."""
    return False


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw tokens: divide logits by `temperature`, keep the `top_k` best, of those the fewest that sum to `top_p`.

    temperature: 0 is greedy decoding; top_k: 0 keeps all; max_new_tokens: fewer where the context is full before.
    n: completions of each prompt; number i is drawn with `seed` + i. The rest of the batch does not change it, except
        where the backend's rounding depends on the batch.
    stop: the text ends before the first of these strings that appears.
    Raises: InputError for a value out of range.
    """

    temperature: float = 0.2
    top_k: int = 50
    top_p: float = 1.0
    max_new_tokens: int = 64
    n: int = 1
    seed: int = 0
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, allowed, is_allowed in _ALLOWED:
            value = getattr(self, name)
            if not is_allowed(value):
                raise InputError(f"{name}: {value!r}. Allowed: {allowed}.")


_ALLOWED: Final[tuple[tuple[str, str, Callable[[object], bool]], ...]] = (
    ("temperature", "a number from 0 to 100", lambda value: _is_number(value, 0, 100)),
    ("top_k", "a whole number from 0 (all tokens)", lambda value: _is_whole(value, 0)),
    ("top_p", "a number above 0, at most 1", lambda value: _is_number(value, 0, 1) and value != 0),
    ("max_new_tokens", "a whole number from 1", lambda value: _is_whole(value, 1)),
    ("n", "a whole number from 1", lambda value: _is_whole(value, 1)),
    ("seed", "a whole number from 0", lambda value: _is_whole(value, 0)),
    ("stop", "texts that are not empty", lambda value: isinstance(value, tuple) and all(map(_is_text, value))),
)


def _is_number(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


@dataclass(frozen=True, slots=True)
class OtherFile:
    """Another file of the project, or a part of it, that the model reads before the prompt. path: "" where unknown."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """The next part of a streamed completion; only the last piece has a `finish_reason`.

    token_ids, log_probabilities: as in `Completion`, as far as the backend streams them.
    """

    text: str
    token_ids: tuple[int, ...] = ()
    log_probabilities: tuple[float, ...] = ()
    finish_reason: FinishReason | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """Text generated after a prompt.

    token_ids: the tokens of `text`, without the end token; empty where the backend does not return them.
    log_probabilities: natural logarithm of each token's probability before temperature, top-k and top-p; fewer than tokens
        where the backend does not return all.
    """

    text: str
    token_ids: tuple[int, ...]
    log_probabilities: tuple[float, ...]
    finish_reason: FinishReason

    @property
    def mean_log_probability(self) -> float:
        """Mean over the tokens, in nats; minus infinity without tokens."""
        values = self.log_probabilities
        return sum(values) / len(values) if values else -math.inf


class Backend(Protocol):
    """A loaded model. Its methods may be called from many threads at once.

    Raises, in every method that generates: InputError for a prompt that fills the context; GenerationError for a model that
    fails or does not answer.
    """

    @property
    def name(self) -> str:
        """Display name of the model."""

    @property
    def context_tokens(self) -> int:
        """Largest number of ids in a prompt and its completion together."""

    @property
    def has_fim(self) -> bool:
        """Whether the model was trained to fill in the middle, so that `fim_prompt` works."""

    @property
    def has_files(self) -> bool:
        """Whether the model was trained on several files with a separator between, so that prompts take `others`."""

    def encode(self, text: str) -> list[int]:
        """Ids of a text, nothing added; what looks like a special token is encoded as text."""

    def decode(self, ids: Ids) -> str:
        """Text of ids, without special tokens."""

    def plain_prompt(self, prefix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        """A prompt for the text after `prefix`; it states `path` where the model was trained with paths.

        Args: others: files before the prefix. Raises: InputError for any of them where `has_files` is false.
        """

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        """A prompt for the text between both. Raises: InputError where `has_fim` is false, and as `plain_prompt`."""

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        """`sampling.n` completions of each prompt, in order; a cancelled one has the text up to then."""

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        """One completion in pieces, whatever `sampling.n` is; closing the iterator cancels it."""

    def log_likelihood(self, ids: Ids) -> list[float]:
        """Natural logarithm of the probability of each id given those before it, from the second id on.

        Raises: InputError where the backend cannot compute it, or for more ids than the context has.
        """

    def close(self) -> None:
        """Free the model. No method may be called afterwards."""


def tokens_left(prompt: Ids, context_tokens: int, wanted: int) -> int:
    """New tokens that fit after a prompt, at most `wanted`. Raises: InputError for an empty prompt or a full context."""
    if not prompt:
        raise InputError("prompt: empty. Allowed: at least one token.")
    if len(prompt) >= context_tokens:
        raise InputError(f"prompt: {len(prompt):,} tokens. Allowed: fewer than {context_tokens:,}, the context of the model.")
    return min(wanted, context_tokens - len(prompt))
