"""The path of a request: cache, context, model, post-processing, ranking, safety, attribution, answer.

All text that leaves a completer was judged by its policy, also the pieces of a stream.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b

from seedbed.core.errors import InputError
from seedbed.models.inference.backend import Backend, Cancelled, Completion, FinishReason, Ids, never
from seedbed.serving.completion.answer import Answer, Candidate, Clock, Ranked, Shaped, Source, TokenAnswer, TokenCandidate, rank
from seedbed.serving.completion.cache import CacheCounts, CompletionCache
from seedbed.serving.completion.postprocess import is_over, shape
from seedbed.serving.completion.postprocess.rules import Place
from seedbed.serving.completion.prompt import PromptBuilder, Retriever
from seedbed.serving.completion.provenance import Provenance
from seedbed.serving.completion.request import CompletionRequest, Fragment
from seedbed.serving.completion.safety import SafetyPolicy, Verdict, judge, preload
from seedbed.serving.completion.stream_filter import StreamFilter

_INCOMPLETE_CHARACTER = "\ufffd"


class Completer:
    """One model with everything around it. Safe to use from many threads."""

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
        self._backend, self._policy, self._cache = backend, policy, cache
        self._provenance, self._prompts = provenance, PromptBuilder(backend, retriever)
        if policy:
            preload(policy)

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._backend.name

    @property
    def context_tokens(self) -> int:
        """Tokens that a prompt and its completion may have together."""
        return self._backend.context_tokens

    @property
    def has_fim(self) -> bool:
        """Whether the model fills in the middle."""
        return self._backend.has_fim

    @property
    def cache_counts(self) -> CacheCounts | None:
        """Hits, misses and size of the cache; None without one."""
        return self._cache.counts if self._cache else None

    def complete(self, request: CompletionRequest, cancelled: Cancelled = never) -> Answer:
        """Complete a request.

        Raises: InputError for a request that cannot be met; GenerationError when the model fails.
        """
        clock = Clock()
        if (cached := self._from_cache(request, clock)) is not None:
            return cached
        prompt = self._prompts.build(request, clock)
        with clock.step("model"):
            (completions,) = self._backend.generate([prompt], request.sampling, cancelled)
        self._remember(request, completions)
        return self._answer(request, completions, "model", len(prompt), clock)

    def stream(self, request: CompletionRequest, cancelled: Cancelled = never) -> Iterator[str | Answer]:
        """Yield the first candidate in pieces while the model writes it, then the answer with all candidates.

        The pieces together are a prefix of what the candidate has in the answer: all of it unless the policy withholds it, which
        may turn out late. They never contain what the policy withholds. Closing the iterator stops the model.
        Raises: as `complete`.
        """
        clock = Clock()
        if (cached := self._from_cache(request, clock)) is not None:
            yield from (candidate.text for candidate in cached.candidates[:1] if candidate.text)
            yield cached
            return
        prompt = self._prompts.build(request, clock)
        pieces = StreamFilter(request, self._policy)
        with clock.step("model"):
            first = yield from self._written(request, prompt, pieces, cancelled)
            completions = [first, *self._others(request, prompt, cancelled)]
        self._remember(request, completions)
        answer = self._answer(request, completions, "model", len(prompt), clock)
        if rest := _shown_text(request, first, answer)[len(pieces.sent) :]:
            yield rest
        yield answer

    def complete_tokens(self, request: CompletionRequest, cancelled: Cancelled = never) -> TokenAnswer:
        """Complete a request with the probability of each token: no cache and no post-processing, but the same policy.

        Raises: InputError where the backend reports no tokens; GenerationError when the model fails.
        """
        prompt = self.prompt(request)
        (completions,) = self._backend.generate([prompt], request.sampling, cancelled)
        if any(completion.text and not completion.token_ids for completion in completions):
            raise InputError("logprobs: the server behind this one reports no tokens. Allowed: leave it out.")
        return TokenAnswer(tuple(self._token_candidate(request, completion) for completion in completions), len(prompt))

    def prompt(self, request: CompletionRequest) -> list[int]:
        """Token ids that the model is shown for a request.

        Raises: InputError for a request that cannot be met.
        """
        return self._prompts.build(request, Clock())

    def close(self) -> None:
        """Free the model. No other method may be called any more."""
        self._backend.close()

    def _written(
        self, request: CompletionRequest, prompt: list[int], pieces: StreamFilter, cancelled: Cancelled
    ) -> Generator[str, None, Completion]:
        """Yield what may be sent; return the completion. The model stops where post-processing cuts the text for good."""
        place = _place(request, None)
        text = ""
        ids: list[int] = []
        log_probabilities: list[float] = []
        reason: FinishReason = "cancelled"
        for piece in self._backend.stream(prompt, replace(request.sampling, n=1), cancelled):
            text += piece.text
            ids += piece.token_ids
            log_probabilities += piece.log_probabilities
            reason = piece.finish_reason or reason
            if new := pieces.push(text):
                yield new
            if "\n" in piece.text and is_over(text, place):
                reason = "stop"
                break
        return Completion(text, tuple(ids), tuple(log_probabilities), reason)

    def _others(self, request: CompletionRequest, prompt: list[int], cancelled: Cancelled) -> list[Completion]:
        """All candidates but the first, each as `complete` would draw it."""
        sampling = request.sampling
        if sampling.n == 1:
            return []
        (completions,) = self._backend.generate([prompt], replace(sampling, n=sampling.n - 1, seed=sampling.seed + 1), cancelled)
        return completions

    def _from_cache(self, request: CompletionRequest, clock: Clock) -> Answer | None:
        with clock.step("cache"):
            completions = self._cache.find(request.prefix, request_digest(request)) if self._cache else None
        return None if completions is None else self._answer(request, completions, "cache", 0, clock)

    def _remember(self, request: CompletionRequest, completions: Sequence[Completion]) -> None:
        if self._cache and all(completion.finish_reason != "cancelled" for completion in completions):
            self._cache.put(request.prefix, request_digest(request), completions)

    def _answer(
        self, request: CompletionRequest, completions: Sequence[Completion], source: Source, prompt_tokens: int, clock: Clock
    ) -> Answer:
        with clock.step("shaping"):
            shaped = _shaped(request, completions)
        with clock.step("ranking"):
            ranked = rank(shaped)
        candidates = sorted((self._candidate(item, clock) for item in ranked), key=lambda candidate: candidate.is_withheld)
        return Answer(tuple(candidates), source, self.name, self._prompts.is_fim(request), prompt_tokens, clock.read())

    def _candidate(self, ranked: Ranked, clock: Clock) -> Candidate:
        """A candidate with the results of safety and attribution."""
        shaped = ranked.shaped
        with clock.step("safety"):
            verdict = self._judge(shaped.fragment)
        with clock.step("attribution"):
            matches = tuple(self._provenance.matches(shaped.fragment)) if self._provenance else ()
        completion = shaped.completion
        return Candidate(
            text="" if verdict.withhold else shaped.fragment.completion,
            reasons=("withheld by policy", *ranked.reasons) if verdict.withhold else ranked.reasons,
            tokens=len(completion.token_ids),
            mean_log_probability=completion.mean_log_probability if completion.log_probabilities else None,
            finish_reason=completion.finish_reason,
            shaped=shaped.rules,
            findings=verdict.findings,
            matches=matches,
            is_withheld=verdict.withhold,
        )

    def _token_candidate(self, request: CompletionRequest, completion: Completion) -> TokenCandidate:
        count, reason = len(completion.token_ids), completion.finish_reason
        if self._judge(_fragment(request, completion.text)).withhold:
            return TokenCandidate("", (), (), count, reason, is_withheld=True)
        tokens = tuple(_token_texts(self._backend, completion.token_ids))
        reported = completion.log_probabilities
        values = reported if len(reported) == len(tokens) else (None,) * len(tokens)
        return TokenCandidate(completion.text, tokens, values, count, reason)

    def _judge(self, fragment: Fragment) -> Verdict:
        return judge(fragment, self._policy) if self._policy else Verdict((), withhold=False)


def _shaped(request: CompletionRequest, completions: Sequence[Completion]) -> list[Shaped]:
    """Completions after post-processing, in the order in which they were drawn; those with equal texts are one."""
    by_text: dict[str, Shaped] = {}
    for completion in completions:
        text, rules = shape(completion.text, _place(request, completion.finish_reason))
        if text in by_text:
            by_text[text] = replace(by_text[text], times=by_text[text].times + 1)
        else:
            by_text[text] = Shaped(_fragment(request, text), completion, rules)
    return list(by_text.values())


def _shown_text(request: CompletionRequest, completion: Completion, answer: Answer) -> str:
    """The text that a completion has in an answer; "" where it is withheld."""
    text, _ = shape(completion.text, _place(request, completion.finish_reason))
    return text if any(candidate.text == text for candidate in answer.candidates) else ""


def _place(request: CompletionRequest, reason: FinishReason | None) -> Place:
    return Place(request.prefix, request.suffix, request.language, reason)


def _fragment(request: CompletionRequest, text: str) -> Fragment:
    return Fragment(request.prefix, text, request.suffix, request.language)


def _token_texts(backend: Backend, ids: Ids) -> Iterator[str]:
    """What each token adds to the text; a character of several tokens counts for the last of them."""
    done = ""
    for end in range(1, len(ids) + 1):
        text = backend.decode(ids[:end])
        if text.endswith(_INCOMPLETE_CHARACTER) and end < len(ids):
            yield ""
            continue
        yield text[len(done) :]
        done = text


def request_digest(request: CompletionRequest) -> bytes:
    """A digest of all that a suggestion depends on but the text before the cursor. Its size keeps the cache within its bytes."""
    return blake2b(repr(replace(request, prefix="")).encode("utf-8", "surrogatepass"), digest_size=16).digest()
