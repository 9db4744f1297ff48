"""A model folder run by vLLM in this process. Not run on a GPU yet: written after vLLM's documentation of `LLM.generate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from vllm import LLM, SamplingParams

from seedbed.core.errors import GenerationError, InputError
from seedbed.models.inference import vocabulary
from seedbed.models.inference.backend import Cancelled, Completion, Ids, Piece, Sampling, never, tokens_left
from seedbed.models.inference.vocabulary import TokenPrompts


class VllmBackend(TokenPrompts):
    """For many prompts at once: vLLM batches them itself. It neither streams nor can be cancelled."""

    def __init__(self, folder: Path, *, context: int | None = None) -> None:
        """Load a folder. Raises: InputError where there is no tokenizer; GenerationError when vLLM does not load it."""
        words = vocabulary.from_folder(folder)
        try:
            self._model: Any = LLM(model=str(folder), max_model_len=context, disable_log_stats=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise GenerationError(f"{folder}: vLLM does not load it: {error}.") from error
        super().__init__(words, folder.name, int(self._model.llm_engine.model_config.max_model_len))
        self._ends = sorted(vocabulary.ends(words))
        self._lock = Lock()  # the offline engine is not thread-safe

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        limits = [tokens_left(prompt, self.context_tokens, sampling.max_new_tokens) for prompt in prompts]
        outputs = self._run(prompts, [self._parameters(sampling, limit) for limit in limits])
        return [
            [_completion(output) for output in sorted(request.outputs, key=lambda output: int(output.index))]
            for request in outputs
        ]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        whole = self.generate([prompt], sampling)[0][0]
        yield Piece(whole.text, whole.token_ids, whole.log_probabilities, whole.finish_reason)

    def log_likelihood(self, ids: Ids) -> list[float]:
        """Log-likelihood of each token after the first, in nats. Raises: InputError for a text longer than the context."""
        if len(ids) >= self.context_tokens:
            raise InputError(f"text: {len(ids):,} tokens. Allowed: fewer than {self.context_tokens:,}, the context of the model.")
        (request,) = self._run([ids], [SamplingParams(max_tokens=1, prompt_logprobs=0)])
        return [float(choices[number].logprob) for number, choices in zip(ids[1:], request.prompt_logprobs[1:], strict=True)]

    def close(self) -> None:
        del self._model

    def _run(self, prompts: Sequence[Ids], parameters: Sequence[Any]) -> list[Any]:
        requests = [{"prompt_token_ids": list(prompt)} for prompt in prompts]
        with self._lock:
            outputs: list[Any] = self._model.generate(requests, list(parameters), use_tqdm=False)
        return outputs

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


def _completion(output: Any) -> Completion:
    ids = tuple(int(number) for number in output.token_ids)
    steps = zip(ids, output.logprobs or (), strict=False)
    log_probabilities = tuple(float(choices[number].logprob) for number, choices in steps)
    return Completion(str(output.text), ids, log_probabilities, "length" if output.finish_reason == "length" else "stop")
