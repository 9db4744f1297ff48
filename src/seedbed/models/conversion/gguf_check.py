"""Check a GGUF file: what llama.cpp generates and predicts, against transformers in fp32."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from seedbed.core.errors import ConversionError
from seedbed.models.inference.llama_cpp import LlamaCpp, loaded

Tokenize = Callable[[str], list[int]]

TIE = 0.05
"""Two best logits closer than this may swap when weights and cache are rounded to f16."""


@dataclass(frozen=True, slots=True)
class GgufProbe:
    """Inputs of the check, as token ids: `prompts` to continue by `length` tokens that are not in `without`; a `text` to predict
    from position `start` on; `lines` to tokenise.
    """

    prompts: tuple[tuple[int, ...], ...]
    length: int
    text: tuple[int, ...]
    start: int
    lines: tuple[str, ...] = ()
    without: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GgufReference:
    """Outputs of transformers: greedy continuation of each prompt, margin of each of its tokens over the second best (in
    logits); best token at each position of the text, and the mean loss there in nats.
    """

    continuations: tuple[tuple[int, ...], ...]
    margins: tuple[tuple[float, ...], ...]
    best: tuple[int, ...]
    loss: float


@dataclass(frozen=True, slots=True)
class GgufAgreement:
    """Agreement of a file with the reference: greedy tokens up to the first different one, and the reference's margin there;
    best tokens equal and mean loss in nats over the `positions` of the text; lines with equal ids.
    """

    greedy_equal: int
    greedy_tokens: int
    margin: float
    best_equal: int
    positions: int
    loss: float
    lines_equal: int
    lines: int


@torch.no_grad()
def reference_outputs(folder: Path, probe: GgufProbe) -> GgufReference:
    """Run the probe with transformers, in fp32."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    continued = [_continued(model, prompt, probe) for prompt in probe.prompts]
    ids = torch.tensor([probe.text])
    logits = model(input_ids=ids).logits[0, probe.start - 1 : -1]
    loss = torch.nn.functional.cross_entropy(logits, ids[0, probe.start :])
    best = tuple(int(number) for number in logits.argmax(-1))
    return GgufReference(tuple(ids for ids, _ in continued), tuple(margins for _, margins in continued), best, float(loss))


def _continued(model: LlamaForCausalLM, prompt: Sequence[int], probe: GgufProbe) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Greedy continuation, and the margin of each of its tokens over the second best, in logits."""
    ids, margins = list(prompt), []
    for _ in range(probe.length):
        logits: Tensor = model(input_ids=torch.tensor([ids])).logits[0, -1]
        logits[list(probe.without)] = -torch.inf
        best = logits.topk(2)
        ids.append(int(best.indices[0]))
        margins.append(float(best.values[0] - best.values[1]))
    return tuple(ids[len(prompt) :]), tuple(margins)


def check(path: Path, probe: GgufProbe, reference: GgufReference, vocabulary: int, tokenize: Tokenize) -> GgufAgreement:
    """Run the probe with llama.cpp; `tokenize` gives the ids that a line should have. Raises: GenerationError."""
    longest = max(len(probe.text), *(len(prompt) + probe.length for prompt in probe.prompts)) + 1
    threads = max(1, torch.get_num_threads() // 2)  # llama.cpp's threads spin: more are slower on a shared machine
    with loaded(path, longest, threads) as model:
        equal, margin = _greedy(model, probe, reference)
        best_equal, loss = _predicted(model, probe, reference, vocabulary)
        lines = sum(model.tokens(line) == tokenize(line) for line in probe.lines)
    return GgufAgreement(
        greedy_equal=equal,
        greedy_tokens=probe.length * len(probe.prompts),
        margin=margin,
        best_equal=best_equal,
        positions=len(probe.text) - probe.start,
        loss=loss,
        lines_equal=lines,
        lines=len(probe.lines),
    )


def refuse_differences(name: str, agreement: GgufAgreement) -> None:
    """Raise ConversionError where an f16 file continues differently and the margin is too large for a tie."""
    if agreement.margin > TIE:
        raise ConversionError(
            f"{name}: llama.cpp continues differently from transformers, after {agreement.greedy_equal} of "
            f"{agreement.greedy_tokens} equal tokens, where the best is {agreement.margin:.2g} above the second. "
            f"Allowed: the same, ties within {TIE} aside. Nothing was written."
        )


def _greedy(model: LlamaCpp, probe: GgufProbe, reference: GgufReference) -> tuple[int, float]:
    """Number of equal tokens before each first difference, and the largest margin at one of these."""
    equal, overruled = 0, 0.0
    for prompt, expected, margins in zip(probe.prompts, reference.continuations, reference.margins, strict=True):
        ids = model.continue_greedily(prompt, probe.length, probe.without)
        first = next((at for at, pair in enumerate(zip(ids, expected, strict=False)) if pair[0] != pair[1]), len(ids))
        equal += first
        if first < probe.length:
            overruled = max(overruled, margins[first])
    return equal, overruled


def _predicted(model: LlamaCpp, probe: GgufProbe, reference: GgufReference, vocabulary: int) -> tuple[int, float]:
    """Number of positions of the text with the same best token, and the mean loss in nats."""
    equal, loss = 0, 0.0
    for number, at in enumerate(range(probe.start, len(probe.text))):
        log_probabilities = model.log_probabilities(probe.text[:at], vocabulary)
        equal += max(log_probabilities, key=log_probabilities.__getitem__) == reference.best[number]
        loss -= log_probabilities[probe.text[at]]
    return equal, loss / (len(probe.text) - probe.start)
