"""Completions as the model wrote them, token by token with their probabilities: no cache, no rule that cuts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from seedbed.core.errors import InputError
from seedbed.models.inference.backend import Backend, Cancelled, Completion
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.fragment import Fragment
from seedbed.serving.completion.request import CompletionRequest
from seedbed.serving.completion.safety import SafetyPolicy, judge

_BROKEN = "\ufffd"


@dataclass(frozen=True, slots=True)
class Unshaped:
    """Completions of one prompt; is_withheld: of each, whether the policy keeps it from being shown."""

    completions: tuple[Completion, ...]
    is_withheld: tuple[bool, ...]
    prompt_tokens: int


def written(completer: Completer, wanted: CompletionRequest, cancelled: Cancelled) -> Unshaped:
    """What a model writes. Raises: InputError where its backend tells no tokens; GenerationError."""
    prompt, policy = completer.prompt(wanted), completer.policy
    (completions,) = completer.backend.generate([prompt], wanted.sampling, cancelled)
    if any(one.text and not one.token_ids for one in completions):
        raise InputError("logprobs: the server behind this one tells no tokens. Allowed: to leave it out.")
    withheld = tuple(policy is not None and _is_withheld(one, wanted, policy) for one in completions)
    return Unshaped(tuple(completions), withheld, len(prompt))


def logprobs(backend: Backend, completion: Completion, offset: int) -> dict[str, Any]:
    """The tokens of a completion as OpenAI tells them, the first of them at a character.

    A probability is None where the backend does not tell one of each token.
    """
    tokens = list(token_texts(backend, completion.token_ids))
    told = completion.log_probabilities
    values = list(told) if len(told) == len(tokens) else [None] * len(tokens)
    starts = [offset + sum(map(len, tokens[:number])) for number in range(len(tokens))]
    best = [{token: value} for token, value in zip(tokens, values, strict=True)]
    return {"tokens": tokens, "token_logprobs": values, "top_logprobs": best, "text_offset": starts}


def token_texts(backend: Backend, ids: Sequence[int]) -> Iterator[str]:
    """What each token adds to the text; a letter that is cut into several is the last one's."""
    done = ""
    for end in range(1, len(ids) + 1):
        text = backend.decode(ids[:end])
        if text.endswith(_BROKEN) and end < len(ids):
            yield ""
            continue
        yield text[len(done) :]
        done = text


def _is_withheld(one: Completion, wanted: CompletionRequest, policy: SafetyPolicy) -> bool:
    return judge(Fragment(wanted.prefix, one.text, wanted.suffix, wanted.language), policy).withhold
