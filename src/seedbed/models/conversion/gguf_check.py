"""Is a GGUF file still the model: what llama.cpp answers to token ids, beside transformers in fp32."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from seedbed.core.errors import ConversionError
from seedbed.models.inference.llama_server import LlamaCpp, loaded

Tokenize = Callable[[str], list[int]]

TIE = 0.05
"""Two best logits closer than this may change places when weights and cache are rounded to f16."""


@dataclass(frozen=True, slots=True)
class Question:
    """Token ids: prompts to be continued by `length` tokens `without` some, a text to be predicted from its position `start`
    on, and lines to be tokenised.
    """

    prompts: tuple[tuple[int, ...], ...]
    length: int
    text: tuple[int, ...]
    start: int
    lines: tuple[str, ...] = ()
    without: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """What transformers says: each prompt's continuation, by how much each of its tokens was the best, and for the text the
    best tokens and the mean loss in nats.
    """

    continuations: tuple[tuple[int, ...], ...]
    margins: tuple[tuple[float, ...], ...]
    best: tuple[int, ...]
    loss: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How a file did: greedy tokens equal up to the first other one; the margin there; equal best tokens and mean loss in
    nats over the `positions` of the text; lines tokenised as we do.
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
def refer(folder: Path, question: Question) -> Reference:
    """Ask transformers, in fp32."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    told = [_continued(model, prompt, question) for prompt in question.prompts]
    ids = torch.tensor([question.text])
    logits = model(input_ids=ids).logits[0, question.start - 1 : -1]
    loss = torch.nn.functional.cross_entropy(logits, ids[0, question.start :])
    best = tuple(int(number) for number in logits.argmax(-1))
    return Reference(tuple(ids for ids, _ in told), tuple(margins for _, margins in told), best, float(loss))


def _continued(model: LlamaForCausalLM, prompt: Sequence[int], question: Question) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The greedy continuation, and how far each of its tokens was above the second best, in logits."""
    ids, margins = list(prompt), []
    for _ in range(question.length):
        logits: Tensor = model(input_ids=torch.tensor([ids])).logits[0, -1]
        logits[list(question.without)] = -torch.inf
        best = logits.topk(2)
        ids.append(int(best.indices[0]))
        margins.append(float(best.values[0] - best.values[1]))
    return tuple(ids[len(prompt) :]), tuple(margins)


def ask(path: Path, question: Question, reference: Reference, vocabulary: int, tokenize: Tokenize) -> Answer:
    """Ask llama.cpp the same."""
    longest = max(len(question.text), *(len(prompt) + question.length for prompt in question.prompts)) + 1
    threads = max(1, torch.get_num_threads() // 2)  # its threads spin while they wait: on a shared machine more are slower
    with loaded(path, longest, threads) as model:
        equal, margin = _greedy(model, question, reference)
        best_equal, loss = _predicted(model, question, reference, vocabulary)
        lines = sum(model.tokens(line) == tokenize(line) for line in question.lines)
    return Answer(
        greedy_equal=equal,
        greedy_tokens=question.length * len(question.prompts),
        margin=margin,
        best_equal=best_equal,
        positions=len(question.text) - question.start,
        loss=loss,
        lines_equal=lines,
        lines=len(question.lines),
    )


def refuse_differences(name: str, answer: Answer) -> None:
    """Raise ConversionError where a file that only rounds to f16 goes another way than a tie explains."""
    if answer.margin > TIE:
        raise ConversionError(
            f"{name}: llama.cpp continues otherwise than transformers, after {answer.greedy_equal} of "
            f"{answer.greedy_tokens} equal tokens, where the best is {answer.margin:.2g} above the second. "
            f"Allowed: the same, ties within {TIE} aside. Nothing was written."
        )


def _greedy(model: LlamaCpp, question: Question, reference: Reference) -> tuple[int, float]:
    """Tokens that are equal before a continuation first differs, and the largest margin that was overruled there."""
    equal, overruled = 0, 0.0
    for prompt, expected, margins in zip(question.prompts, reference.continuations, reference.margins, strict=True):
        found = model.continue_greedily(prompt, question.length, question.without)
        first = next((at for at, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), len(found))
        equal += first
        if first < question.length:
            overruled = max(overruled, margins[first])
    return equal, overruled


def _predicted(model: LlamaCpp, question: Question, reference: Reference, vocabulary: int) -> tuple[int, float]:
    """Positions of the text whose best token is the same, and the mean loss."""
    equal, loss = 0, 0.0
    for number, at in enumerate(range(question.start, len(question.text))):
        told = model.log_probabilities(question.text[:at], vocabulary)
        equal += max(told, key=told.__getitem__) == reference.best[number]
        loss -= told[question.text[at]]
    return equal, loss / (len(question.text) - question.start)
