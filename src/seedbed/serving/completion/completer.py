"""The way of a request: context, cache, model, shaping, ranking, safety, attribution, answer."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Protocol

from seedbed.models.inference.backend import Backend, Cancelled, Completion, FinishReason, OtherFile, never
from seedbed.serving.completion.answer import Answer, Candidate, Source
from seedbed.serving.completion.cache import CompletionCache
from seedbed.serving.completion.clock import Clock
from seedbed.serving.completion.context import LONGEST_TOKEN, Context, trim
from seedbed.serving.completion.extra_context import as_comments, nearest
from seedbed.serving.completion.fragment import Fragment
from seedbed.serving.completion.postprocess import shape, written_so_far
from seedbed.serving.completion.postprocess.position import Place
from seedbed.serving.completion.provenance import Provenance
from seedbed.serving.completion.ranking import Ranked, Shaped, rank
from seedbed.serving.completion.request import CompletionRequest, comment_mark
from seedbed.serving.completion.safety import SafetyPolicy, judge, preload

_MARKS = 3
"""Special tokens of a prompt that asks for a middle."""

_RETRIEVED_SHARE = 0.25
"""Part of the context that what was found elsewhere in the project may take."""

_OTHERS_SHARE = 0.25
"""Part of it that is kept for other files that came with the request; they also get what the file leaves."""


class Retriever(Protocol):
    """What else of a project and of its packages helps at a place."""

    def retrieve(self, request: CompletionRequest, budget: int, count: Callable[[str], int]) -> str:
        """Whole lines to put before the text, at most `budget` tokens of them; "" for nothing."""


class Completer:
    """One model with what stands around it. Safe to be used from many threads."""

    def __init__(
        self,
        backend: Backend,
        *,
        policy: SafetyPolicy | None = None,
        provenance: Provenance | None = None,
        retriever: Retriever | None = None,
        cache: CompletionCache | None = None,
    ) -> None:
        """Args: policy, provenance, retriever, cache: None leaves that step out."""
        self.backend, self.policy, self.cache = backend, policy, cache
        self._provenance, self._retriever = provenance, retriever
        if policy:
            preload(policy)

    def complete(self, request: CompletionRequest, cancelled: Cancelled = never) -> Answer:
        """Candidates for a place.

        Raises: InputError for a request that cannot be met; GenerationError when the model fails.
        """
        clock = Clock()
        with clock.step("cache"):
            found = self.cache.find(request.prefix, around(request)) if self.cache else None
        if found is not None:
            return self._answer(request, found, "cache", 0, clock)
        prompt = self._prompt(request, clock)
        with clock.step("model"):
            (completions,) = self.backend.generate([prompt], request.sampling, cancelled)
        self._remember(request, completions)
        return self._answer(request, completions, "model", len(prompt), clock)

    def stream(self, request: CompletionRequest, cancelled: Cancelled = never) -> Iterator[str | Answer]:
        """The first candidate in pieces of text while the model writes it, then the answer with all of them, which is what
        counts: rules that need the whole text may have cut it. Closing the iterator stops the model.
        """
        clock = Clock()
        with clock.step("cache"):
            found = self.cache.find(request.prefix, around(request)) if self.cache else None
        if found is not None:
            answer = self._answer(request, found, "cache", 0, clock)
            yield from (one.text for one in answer.candidates[:1] if one.text)
            yield answer
            return
        prompt = self._prompt(request, clock)
        with clock.step("model"):
            completions = [(yield from self._written(request, prompt, cancelled)), *self._others(request, prompt, cancelled)]
        self._remember(request, completions)
        yield self._answer(request, completions, "model", len(prompt), clock)

    def prompt(self, request: CompletionRequest) -> list[int]:
        """What the model is shown for a request. Raises: as `complete`."""
        return self._prompt(request, Clock())

    def close(self) -> None:
        """Free the model. Nothing may be asked any more."""
        self.backend.close()

    def _written(self, request: CompletionRequest, prompt: list[int], cancelled: Cancelled) -> Generator[str, None, Completion]:
        """Pieces that are sure to stay; returns the completion. The model is stopped where its text is over for us."""
        place = _place(request, None)
        text, told = "", ""
        ids: list[int] = []
        log_probabilities: list[float] = []
        reason: FinishReason = "cancelled"
        for piece in self.backend.stream(prompt, replace(request.sampling, n=1), cancelled):
            text += piece.text
            ids += piece.token_ids
            log_probabilities += piece.log_probabilities
            reason = piece.finish_reason or reason
            sure, is_over = written_so_far(text, place)
            if new := sure[len(told) :]:
                told = sure
                yield new
            if is_over:
                reason = "stop"
                break
        return Completion(text, tuple(ids), tuple(log_probabilities), reason)

    def _others(self, request: CompletionRequest, prompt: list[int], cancelled: Cancelled) -> list[Completion]:
        """All candidates but the first, each as `complete` would draw it."""
        sampling = request.sampling
        if sampling.n == 1:
            return []
        (completions,) = self.backend.generate([prompt], replace(sampling, n=sampling.n - 1, seed=sampling.seed + 1), cancelled)
        return completions

    def _prompt(self, request: CompletionRequest, clock: Clock) -> list[int]:
        """What the model is shown. Nothing but the nearest lines where the context is small."""
        backend = self.backend
        is_fim = self._is_fim(request)
        with clock.step("context"):
            bare = backend.fim_prompt("", "", path=request.path) if is_fim else backend.plain_prompt("", path=request.path)
            room = backend.context_tokens - request.sampling.max_new_tokens
            budget = max(1, min(request.context_tokens or room, room, backend.context_tokens - 1) - len(bare) - _MARKS)
            found = self._retrieved(request, int(budget * _RETRIEVED_SHARE))
            left = budget - self._count(found)
            kept_back = self._cost(self._nearest(request, int(budget * _OTHERS_SHARE)), request)
            kept = trim(request.prefix, request.suffix if is_fim else "", request.language, left - kept_back, self._count)
            others = self._nearest(request, left - self._count(kept.prefix) - self._count(kept.suffix))
        with clock.step("prompt"):
            return self._told(Context(found + kept.prefix, kept.suffix), others, request, is_fim=is_fim)

    def _told(self, context: Context, others: Sequence[OtherFile], request: CompletionRequest, *, is_fim: bool) -> list[int]:
        """Other files each behind its mark where the model knows one, else as comments before the text."""
        prefix, backend = context.prefix, self.backend
        if not backend.has_files:
            prefix, others = as_comments(others, comment_mark(request.language)) + prefix, ()
        if is_fim:
            return backend.fim_prompt(prefix, context.suffix, path=request.path, others=others)
        return backend.plain_prompt(prefix, path=request.path, others=others)

    def _nearest(self, request: CompletionRequest, budget: int) -> tuple[OtherFile, ...]:
        """Those of the request's other files that fit; one token is for the mark that the file itself then needs."""
        return nearest(request.others, budget - 1, lambda one: self._cost([one], request)) if request.others else ()

    def _cost(self, others: Sequence[OtherFile], request: CompletionRequest) -> int:
        """Tokens of other files as the model is shown them."""
        if not self.backend.has_files:
            return self._count(as_comments(others, comment_mark(request.language)))
        return sum(1 + self._count(f"{one.path}\n" if one.path else "") + self._count(one.text) for one in others)

    def _retrieved(self, request: CompletionRequest, budget: int) -> str:
        return self._retriever.retrieve(request, budget, self._count) if self._retriever and budget else ""

    def _count(self, text: str) -> int:
        """Tokens; of a text that is too long for any context, however it is cut, more than that has."""
        if len(text) > self.backend.context_tokens * LONGEST_TOKEN:  # a tokenizer may fail on a line of a million brackets
            return self.backend.context_tokens + 1
        return len(self.backend.encode(text)) if text else 0

    def _is_fim(self, request: CompletionRequest) -> bool:
        return self.backend.has_fim and bool(request.suffix.strip())

    def _remember(self, request: CompletionRequest, completions: Sequence[Completion]) -> None:
        if self.cache and all(one.finish_reason != "cancelled" for one in completions):
            self.cache.put(request.prefix, around(request), completions)

    def _answer(
        self, request: CompletionRequest, completions: Sequence[Completion], source: Source, prompt_tokens: int, clock: Clock
    ) -> Answer:
        with clock.step("shaping"):
            shaped = _shaped(request, completions)
        with clock.step("ranking"):
            ranked = rank(shaped)
        candidates = tuple(self._judged(one, clock) for one in ranked)
        candidates = tuple(sorted(candidates, key=lambda one: one.is_withheld))
        return Answer(candidates, source, self.backend.name, self._is_fim(request), prompt_tokens, clock.read())

    def _judged(self, ranked: Ranked, clock: Clock) -> Candidate:
        """A candidate with what safety and attribution say of it."""
        shaped = ranked.shaped
        with clock.step("safety"):
            verdict = judge(shaped.fragment, self.policy) if self.policy else None
        with clock.step("attribution"):
            matches = tuple(self._provenance.matches(shaped.fragment)) if self._provenance else ()
        is_withheld = bool(verdict and verdict.withhold)
        completion = shaped.completion
        return Candidate(
            text="" if is_withheld else shaped.fragment.completion,
            reasons=("withheld by policy", *ranked.reasons) if is_withheld else ranked.reasons,
            tokens=len(completion.token_ids),
            mean_log_probability=completion.mean_log_probability if completion.log_probabilities else None,
            finish_reason=completion.finish_reason,
            shaped=shaped.rules,
            findings=verdict.findings if verdict else (),
            matches=matches,
            is_withheld=is_withheld,
        )


def _shaped(request: CompletionRequest, completions: Sequence[Completion]) -> list[Shaped]:
    """Completions by the rules; those that became the same are one, in the order in which they came."""
    made: dict[str, Shaped] = {}
    for completion in completions:
        text, rules = shape(completion.text, _place(request, completion.finish_reason))
        if text in made:
            made[text] = replace(made[text], times=made[text].times + 1)
        else:
            made[text] = Shaped(Fragment(request.prefix, text, request.suffix, request.language), completion, rules)
    return list(made.values())


def _place(request: CompletionRequest, reason: FinishReason | None) -> Place:
    return Place(request.prefix, request.suffix, request.language, reason)


def around(request: CompletionRequest) -> bytes:
    """A digest of all but the text before the cursor that a suggestion depends on: a cache keeps it, and is bounded by bytes."""
    return blake2b(repr(replace(request, prefix="")).encode("utf-8", "surrogatepass"), digest_size=16).digest()
