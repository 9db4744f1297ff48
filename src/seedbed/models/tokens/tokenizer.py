"""Byte-level BPE for code: trained, checked, saved as what `AutoTokenizer` loads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from seedbed.core.errors import InputError, RecipeError
from seedbed.models.tokens.pretokenizer import END_OF_TEXT, LONGEST_SPACES, PAD, SPECIAL_TOKENS, WHOLE, pattern

_WHOLE_SHARE = 1 / 500
"""Times that each text of `WHOLE` stands in the training text, over its bytes: more often than any rare word."""


def train(texts: Iterable[str], vocabulary_size: int, sample_bytes: int, *, code: bool = True) -> Tokenizer:
    """A tokenizer of `vocabulary_size` tokens; the same texts give the same one, in whatever order they come.

    Args: sample_bytes: what the texts were meant to add up to; code: cut as `pretokens` says, else as GPT-2 does (a control).
    Raises: RecipeError when the texts are too few for the vocabulary, or it has no room for what must be one token.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _pre_tokenizer() if code else pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        min_frequency=2,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=LONGEST_SPACES + 1,  # the trainer stops one short of it
        show_progress=False,
    )
    tokenizer.train_from_iterator(_with_whole(texts, int(sample_bytes * _WHOLE_SHARE)) if code else texts, trainer)
    if code:
        _check(tokenizer, vocabulary_size)
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path, context: int) -> None:
    """Write the folder that `AutoTokenizer` loads; `context` is the longest input of the model, in tokens."""
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
    """The tokenizer of a folder.

    Raises: InputError when there is none, or when its special tokens are not ours.
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
    cuts = pre_tokenizers.Split(Regex(pattern()), "isolated")
    return pre_tokenizers.Sequence([cuts, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _with_whole(texts: Iterable[str], times: int) -> Iterator[str]:
    """The texts, and what must become one token, often enough."""
    yield from texts
    for whole in WHOLE:
        for _ in range(max(times, 2)):
            yield whole


def _check(tokenizer: Tokenizer, vocabulary_size: int) -> None:
    found = tokenizer.get_vocab_size()
    if found != vocabulary_size:
        raise RecipeError(
            f"tokenizer.vocabulary_size: {vocabulary_size:,} tokens asked for, the sample gives {found:,}. "
            f"Allowed: at most {found:,} with this data and tokenizer.sample_bytes."
        )
    for whole in WHOLE:
        if len(tokenizer.encode(whole, add_special_tokens=False).ids) != 1:
            raise RecipeError(
                f"tokenizer.vocabulary_size: {vocabulary_size:,} leaves no room for {_name(whole)}, which must be one token. "
                "Allowed: more."
            )


def _name(whole: str) -> str:
    return whole if whole.strip() else f"{len(whole)} spaces"
