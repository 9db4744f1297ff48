"""What completion and evaluation ask of a model, whichever program runs it: prompts in, completions with probabilities out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from seedbed.core.errors import InputError

Ids = Sequence[int]
"""A prompt, or a text, as a backend's own numbers: token ids, save where its docstring says otherwise."""

FinishReason = Literal["stop", "length", "cancelled"]
"""Why a completion ends: the model or a stop string ended it; no more tokens were asked for; nobody wants it any more."""

Cancelled = Callable[[], bool]
"""Asked again and again while a model writes; once it says yes, the work ends."""


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw tokens: logits over `temperature`, of those the `top_k` best, of those the fewest that reach `top_p`.

    temperature: 0 takes the best token each time; top_k: 0 for all; max_new_tokens: fewer where the context is full before.
    n: completions of each prompt; number i is drawn with `seed` + i, whatever else is in the batch, as far as the backend
        rounds alike in every batch.
    stop: the text ends before the first of these that appears.
    Raises: InputError for a value that means nothing.
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
    """A file, or a piece of one, that stands in the same project as the text to complete. path: "" where it is not known."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """The next part of a completion that is still being written; the last one alone has a `finish_reason`.

    token_ids, log_probabilities: as in `Completion`, as far as the backend tells them while it writes.
    """

    text: str
    token_ids: tuple[int, ...] = ()
    log_probabilities: tuple[float, ...] = ()
    finish_reason: FinishReason | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote after a prompt.

    token_ids: the tokens of `text`, without the one that ended it; empty where the backend does not tell them.
    log_probabilities: natural logarithm of each token's probability by the model alone, before temperature and the cuts;
        fewer than tokens where the backend does not tell them all.
    """

    text: str
    token_ids: tuple[int, ...]
    log_probabilities: tuple[float, ...]
    finish_reason: FinishReason

    @property
    def mean_log_probability(self) -> float:
        """Mean over the tokens, in nats; minus infinity where there is none to tell it from."""
        told = self.log_probabilities
        return sum(told) / len(told) if told else -math.inf


class Backend(Protocol):
    """A loaded model. Its methods may be called from many threads at once.

    Errors: InputError for a prompt that fills the context; GenerationError for a model that fails or gives no answer.
    """

    @property
    def name(self) -> str:
        """What the model is called, for people."""

    @property
    def context_tokens(self) -> int:
        """How many ids a prompt and its completion may have together."""

    @property
    def has_fim(self) -> bool:
        """Whether it was trained to fill in the middle, so that `fim_prompt` works."""

    @property
    def has_files(self) -> bool:
        """Whether it was trained on several files in a row with a mark between, so that prompts take `others`."""

    def encode(self, text: str) -> list[int]:
        """A text as ids, nothing added; what looks like a special token is a text."""

    def decode(self, ids: Ids) -> str:
        """Ids as a text, special tokens left out."""

    def plain_prompt(self, prefix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        """A prompt for what comes after `prefix`; a model that was told the paths of files is told this one.

        Args: others: what the model is to read before. Raises: InputError for any where `has_files` is false.
        """

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        """A prompt for what stands between. Raises: InputError where `has_fim` is false; as `plain_prompt`."""

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        """`sampling.n` completions of each prompt, in order; what was cancelled is as long as it had become."""

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        """One completion while it is written, whatever `sampling.n` says; closing the iterator cancels it."""

    def log_likelihood(self, ids: Ids) -> list[float]:
        """Natural logarithm of the probability of each of the ids after those before it, from the second on.

        Raises: InputError where the backend cannot tell it, or for more ids than the context has.
        """

    def close(self) -> None:
        """Free the model. No other method may be called any more."""


def room(prompt: Ids, context_tokens: int, wanted: int) -> int:
    """New tokens that fit behind a prompt, at most `wanted`. Raises: InputError when there is no room or no prompt."""
    if not prompt:
        raise InputError("prompt: empty. Allowed: at least one token.")
    if len(prompt) >= context_tokens:
        raise InputError(f"prompt: {len(prompt):,} tokens. Allowed: fewer than {context_tokens:,}, the context of the model.")
    return min(wanted, context_tokens - len(prompt))
