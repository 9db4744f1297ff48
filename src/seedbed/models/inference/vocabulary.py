"""Special tokens of a model, and prompts made with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from tokenizers import Tokenizer

from seedbed.core.errors import InputError
from seedbed.models.inference.backend import Ids, OtherFile
from seedbed.models.tokens.pretokenizer import END_OF_TEXT, FILE_SEP, FIM_MIDDLE, FIM_PAD, FIM_PREFIX, FIM_SUFFIX, REPO_NAME

_PANIC: Final = "PanicException"


class Vocabulary(Protocol):
    """The tokenizer of a model."""

    start: tuple[int, ...]
    """First ids of every prompt: empty, or a start token."""

    def encode(self, text: str) -> list[int]:
        """Ids of a text; what looks like a special token is encoded as text."""

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids, without special tokens; bytes that are not UTF-8 become U+FFFD."""

    def special(self, name: str) -> int | None:
        """Id of a special token, None where the model has no such token."""


class FileVocabulary:
    """A vocabulary read from a tokenizer.json."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.encode_special_tokens = True
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.size = int(tokenizer.get_vocab_size(with_added_tokens=True))
        self._special = {token.content: number for number, token in tokenizer.get_added_tokens_decoder().items()}
        self.start: tuple[int, ...] = tuple(tokenizer.encode("", add_special_tokens=True).ids[:1])

    def encode(self, text: str) -> list[int]:
        """Ids of a text. Raises: InputError where the tokenizer panics, as on a million brackets without a space."""
        try:
            ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        except BaseException as error:  # a Rust panic is a BaseException
            if type(error).__name__ != _PANIC:
                raise
            raise InputError(
                f"text: {len(text):,} characters that the tokenizer cannot encode. Allowed: lines of code."
            ) from None
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def special(self, name: str) -> int | None:
        return self._special.get(name)


def from_folder(folder: Path) -> FileVocabulary:
    """The vocabulary of a model folder. Raises: InputError when there is none or it is broken."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InputError(f"{folder}: no tokenizer.json. Allowed: a model folder with its tokenizer.")
    return from_json(path.read_text(encoding="utf-8"), str(path))


def from_json(text: str, where: str) -> FileVocabulary:
    """The vocabulary of a tokenizer.json; `where` names it in errors. Raises: InputError when it is not one."""
    try:
        return FileVocabulary(Tokenizer.from_str(text))
    except Exception as error:  # the Rust library raises nothing narrower
        raise InputError(f"{where}: not a tokenizer: {error}.") from error


class FimFamily(NamedTuple):
    """Special tokens of a family of models; all use the order prefix, suffix, middle (PSM)."""

    prefix: str
    suffix: str
    middle: str
    file: str = ""


FAMILIES: Final = {
    "starcoder": FimFamily(FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE, FILE_SEP),  # Seedbed's own models and Granite too
    "qwen": FimFamily("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_sep|>"),
    "santacoder": FimFamily("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    "deepseek": FimFamily("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    "codellama": FimFamily("▁<PRE>", "▁<SUF>", "▁<MID>"),
}
_ENDS: Final = (
    *(END_OF_TEXT, FILE_SEP, REPO_NAME, FIM_PAD, "<|file_sep|>", "<|repo_name|>", "<|fim_pad|>"),
    *("<|im_end|>", "<｜end▁of▁sentence｜>", "▁<EOT>", "</s>", "<|eot_id|>"),
    *(name for family in FAMILIES.values() for name in family[:3]),
)
"""Special tokens that never occur inside a file: they end a completion."""


@dataclass(frozen=True, slots=True)
class FimTokens:
    """Ids of the tokens for filling in the middle; `file` precedes a path, None where the model was trained without paths."""

    prefix: int
    suffix: int
    middle: int
    file: int | None


def find_fim_tokens(vocabulary: Vocabulary) -> FimTokens | None:
    """The tokens for filling in the middle; None where the model has none."""
    for family in FAMILIES.values():
        prefix, suffix, middle = (vocabulary.special(name) for name in family[:3])
        if prefix is not None and suffix is not None and middle is not None:
            return FimTokens(prefix, suffix, middle, vocabulary.special(family.file) if family.file else None)
    return None


def ends(vocabulary: Vocabulary) -> frozenset[int]:
    """Ids of the special tokens that end a completion."""
    return frozenset(number for name in _ENDS if (number := vocabulary.special(name)) is not None)


class TokenPrompts:
    """Start token, path of the file where the model was trained with paths, then the text.

    Source of the order: `seedbed.models.tokens.packing` and `seedbed.models.tokens.packing`; the other families use PSM too.
    """

    def __init__(self, vocabulary: Vocabulary, name: str, context_tokens: int) -> None:
        self.vocabulary, self.name, self.context_tokens = vocabulary, name, context_tokens
        self._fim: FimTokens | None = find_fim_tokens(vocabulary)
        self._file = self._fim.file if self._fim else None

    @property
    def has_fim(self) -> bool:
        return self._fim is not None

    @property
    def has_files(self) -> bool:
        return self._file is not None

    def encode(self, text: str) -> list[int]:
        return self.vocabulary.encode(text)

    def decode(self, ids: Ids) -> str:
        return self.vocabulary.decode(ids)

    def plain_prompt(self, prefix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        return [*self._heading(path, others), *self.encode(prefix)] or self._empty()

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        """A prompt for the middle. Raises: InputError for a model without fill-in-the-middle tokens."""
        fim = self._fim
        if fim is None:
            raise InputError(f"{self.name}: has no tokens to fill in the middle with. Allowed: a prompt from left to right.")
        before, after = self.encode(prefix), self.encode(suffix)
        return [*self._heading(path, others), fim.prefix, *before, fim.suffix, *after, fim.middle]

    def _heading(self, path: str, others: Sequence[OtherFile]) -> list[int]:
        """Ids before the text: start token, other files, then the path of the file where it is known."""
        start = list(self.vocabulary.start)
        if self._file is None:
            if others:
                raise InputError(f"{self.name}: was not trained on several files at once. Allowed: a prompt without others.")
            return start
        before = [number for file in others for number in (*self._separator(file.path), *self.encode(file.text))]
        return [*start, *before, *(self._separator(path) if path or others else ())]

    def _separator(self, path: str) -> list[int]:
        assert self._file is not None  # noqa: S101 - checked by the caller
        return [self._file, *(self.encode(f"{path}\n") if path else ())]

    def _empty(self) -> list[int]:
        """A prompt for a text without any context: the end of another text."""
        end = self.vocabulary.special(END_OF_TEXT)
        return [] if end is None else [end]
