"""Train, save, load and measure the byte-level BPE tokenizer of a dataset."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from seedbed.core.errors import InputError, RecipeError
from seedbed.models.tokens.pretokenizer import END_OF_TEXT, LONGEST_SPACES, PAD, SPECIAL_TOKENS, WHOLE, pattern
from seedbed.models.tokens.sampling import draws

REPORT_FILE: Final = "tokenizer_report.json"
ALL: Final = "all"
"""Key of the total over all languages."""

_WHOLE_SHARE: Final = 1 / 500
"""How often each text of `WHOLE` is added to the training text, per byte: more often than any rare word."""


def train(texts: Iterable[str], vocabulary_size: int, sample_bytes: int, *, code: bool = True) -> Tokenizer:
    """Train a tokenizer of `vocabulary_size` tokens; the order of the texts does not change it.

    Args: sample_bytes: intended size of the texts; code: use our pre-tokenizer, else that of GPT-2 (as a control).
    Raises: RecipeError for too few texts for the vocabulary, or a vocabulary without room for `WHOLE`.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _pre_tokenizer() if code else pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        min_frequency=2,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=LONGEST_SPACES + 1,  # the trainer's limit is exclusive
        show_progress=False,
    )
    tokenizer.train_from_iterator(_with_whole(texts, int(sample_bytes * _WHOLE_SHARE)) if code else texts, trainer)
    if code:
        _check(tokenizer, vocabulary_size)
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path, context: int) -> None:
    """Write a folder that `AutoTokenizer` loads; `context` is the longest input of the model, in tokens."""
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=END_OF_TEXT,
        eos_token=END_OF_TEXT,
        pad_token=PAD,
        additional_special_tokens=[token for token in SPECIAL_TOKENS if token not in {END_OF_TEXT, PAD}],
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
    fast.save_pretrained(str(folder))


def load(folder: Path) -> Tokenizer:
    """Load the tokenizer of a folder.

    Raises: InputError when it is missing, or has other special tokens than ours.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InputError(f"{folder}: no tokenizer there. Allowed: a folder that `seedbed tokenize` wrote.")
    tokenizer = Tokenizer.from_file(str(path))
    for number, token in enumerate(SPECIAL_TOKENS):
        if tokenizer.token_to_id(token) != number:
            raise InputError(f"{path}: {token} has the id {tokenizer.token_to_id(token)}. Allowed: {number}.")
    return tokenizer


def _pre_tokenizer() -> pre_tokenizers.PreTokenizer:
    split = pre_tokenizers.Split(Regex(pattern()), "isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _with_whole(texts: Iterable[str], times: int) -> Iterator[str]:
    """The texts, followed by repetitions of those that must become one token."""
    yield from texts
    for whole in WHOLE:
        for _ in range(max(times, 2)):
            yield whole


def _check(tokenizer: Tokenizer, vocabulary_size: int) -> None:
    size = tokenizer.get_vocab_size()
    if size != vocabulary_size:
        raise RecipeError(
            f"tokenizer.vocabulary_size: {vocabulary_size:,} tokens asked for, the sample gives {size:,}. "
            f"Allowed: at most {size:,} with this data and tokenizer.sample_bytes."
        )
    for whole in WHOLE:
        if len(tokenizer.encode(whole, add_special_tokens=False).ids) != 1:
            raise RecipeError(
                f"tokenizer.vocabulary_size: {vocabulary_size:,} leaves no room for {_name(whole)}, which must be one token. "
                "Allowed: more."
            )


def _name(whole: str) -> str:
    return whole if whole.strip() else f"{len(whole)} spaces"


class SampleDocuments(PipelineStep):
    """Keep the documents whose random draw is below the share of their language."""

    name = "sample"
    type = "seedbed"

    def __init__(self, shares: Mapping[str, float], seed: int) -> None:
        super().__init__()
        self.shares, self.seed = dict(shares), seed

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for doc in data or ():
            if draws(self.seed, "sample", doc.id)[0] < self.shares[doc.metadata["language"]]:
                yield doc


class TrainTokenizer(PipelineStep):
    """Train on all documents. Runs in a process of its own, whose end frees the trainer's memory."""

    name = "tokenizer"
    type = "seedbed"

    def __init__(self, folder: Path, vocabulary_size: int, sample_bytes: int, context: int) -> None:
        super().__init__()
        self.folder, self.vocabulary_size, self.sample_bytes, self.context = folder, vocabulary_size, sample_bytes, context

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> None:
        tokenizer = train((doc.text for doc in data or ()), self.vocabulary_size, self.sample_bytes)
        save(tokenizer, self.folder, self.context)


class MeasureTokenizer(PipelineStep):
    """Write the report of a tokenizer on the documents of a split that it was not trained on."""

    name = "report"
    type = "seedbed"

    def __init__(self, tokenizer: Path, split: str, out: Path) -> None:
        super().__init__()
        self.tokenizer, self.split, self.out = tokenizer, split, out

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> None:
        files = ((doc.metadata["language"], doc.text) for doc in data or ())
        languages = bytes_per_token(files, token_counter(load(self.tokenizer)))
        report = {"unit": "bytes per token", "split": self.split, "languages": languages}
        (self.out / REPORT_FILE).write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def bytes_per_token(files: Iterable[tuple[str, str]], count: Callable[[str], int]) -> dict[str, float]:
    """Compression of a tokenizer by language, and over `ALL`.

    Args: files: pairs of language and text; count: gives the number of tokens of a text.
    Unit: UTF-8 bytes per token.  Error: rounded to 4 decimals.
    """
    sizes: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    for language, text in files:
        number = count(text)
        for name in (language, ALL):
            sizes[name] += len(text.encode())
            tokens[name] += number
    return {name: round(sizes[name] / tokens[name], 4) for name in sorted(sizes)}


def token_counter(tokenizer: Tokenizer) -> Callable[[str], int]:
    """A function that counts the tokens of a text; what looks like a special token counts as text."""
    tokenizer.encode_special_tokens = True
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def report_lines(folder: Path) -> list[str]:
    """The report in a folder of tokens, as lines for a terminal."""
    report: dict[str, Any] = json.loads((folder / REPORT_FILE).read_text(encoding="utf-8"))
    rows = [f"{language:<12}{ratio:>17.2f}" for language, ratio in report["languages"].items()]
    return [f"{report['split']:<12}{report['unit']:>17}", *rows]
