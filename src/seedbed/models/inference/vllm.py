"""A model folder run by vLLM in this process. Not run on a GPU yet: written after vLLM's documentation of `LLM.generate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from vllm import LLM, SamplingParams

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference import vocabulary
from seedbed.models.inference.backend import Cancelled, Completion, Ids, Piece, Sampling, never, room
from seedbed.models.inference.prompts import Prompts


class VllmBackend(Prompts):
    """For many prompts at once: it batches them itself, and neither streams nor can be interrupted."""

    def __init__(self, folder: Path, *, context: int | None = None) -> None:
        """Load a folder. Raises: InputError where there is no tokenizer; GenerationError when vLLM does not load it."""
        words = vocabulary.from_folder(folder)
        try:
            self._model: Any = LLM(model=str(folder), max_model_len=context, disable_log_stats=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise GenerationError(f"{folder}: vLLM does not load it: {error}.") from error
        super().__init__(words, folder.name, int(self._model.llm_engine.model_config.max_model_len))
        self._ends = sorted(vocabulary.ends(words))
        self._lock = Lock()  # the offline engine is not made for threads

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        wanted = [self._parameters(sampling, room(prompt, self.context_tokens, sampling.max_new_tokens)) for prompt in prompts]
        told = self._ask(prompts, wanted)
        return [[_completion(one) for one in sorted(answer.outputs, key=lambda one: int(one.index))] for answer in told]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        one = self.generate([prompt], sampling)[0][0]
        yield Piece(one.text, one.token_ids, one.log_probabilities, one.finish_reason)

    def log_likelihood(self, ids: Ids) -> list[float]:
        if len(ids) >= self.context_tokens:
            raise InputError(f"text: {len(ids):,} tokens. Allowed: fewer than {self.context_tokens:,}, the context of the model.")
        (answer,) = self._ask([ids], [SamplingParams(max_tokens=1, prompt_logprobs=0)])
        return [float(told[number].logprob) for number, told in zip(ids[1:], answer.prompt_logprobs[1:], strict=True)]

    def close(self) -> None:
        del self._model

    def _ask(self, prompts: Sequence[Ids], wanted: Sequence[Any]) -> list[Any]:
        with self._lock:
            told: list[Any] = self._model.generate(
                [{"prompt_token_ids": list(prompt)} for prompt in prompts], list(wanted), use_tqdm=False
            )
        return told

    def _parameters(self, sampling: Sampling, new_tokens: int) -> Any:
        return SamplingParams(
            n=sampling.n,
            temperature=sampling.temperature,
            top_k=sampling.top_k or -1,
            top_p=sampling.top_p,
            max_tokens=new_tokens,
            seed=sampling.seed,
            stop=list(sampling.stop),
            stop_token_ids=self._ends,
            logprobs=1,
        )


def _completion(told: Any) -> Completion:
    ids = tuple(int(number) for number in told.token_ids)
    log_probabilities = tuple(float(one[number].logprob) for number, one in zip(ids, told.logprobs or (), strict=False))
    return Completion(str(told.text), ids, log_probabilities, "length" if told.finish_reason == "length" else "stop")
