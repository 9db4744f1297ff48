"""Text to token ids and back, and the special tokens that a model was trained to fill in the middle with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from tokenizers import Tokenizer

from seedbed.core.errors import InputError
from seedbed.models.tokens.pretokenizer import END_OF_TEXT, FILE_SEP, FIM_MIDDLE, FIM_PAD, FIM_PREFIX, FIM_SUFFIX, REPO_NAME

_PANIC: Final = "PanicException"


class Vocabulary(Protocol):
    """How a model's texts are cut."""

    start: tuple[int, ...]
    """What every prompt begins with: empty, or one token that says so."""

    def encode(self, text: str) -> list[int]:
        """A text as ids; what looks like a special token is a text."""

    def decode(self, ids: Sequence[int]) -> str:
        """Ids as a text, special tokens left out; bytes that are no UTF-8 become U+FFFD."""

    def special(self, name: str) -> int | None:
        """Id of a special token."""


class FileVocabulary:
    """The tokenizer.json of a model."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.encode_special_tokens = True
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.size = int(tokenizer.get_vocab_size(with_added_tokens=True))
        self._special = {one.content: number for number, one in tokenizer.get_added_tokens_decoder().items()}
        self.start: tuple[int, ...] = tuple(tokenizer.encode("", add_special_tokens=True).ids[:1])

    def encode(self, text: str) -> list[int]:
        """Raises: InputError for a text that the tokenizer gives up on, such as a million brackets without a space."""
        try:
            ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        except BaseException as error:  # a panic of the Rust side is no Exception
            if type(error).__name__ != _PANIC:
                raise
            raise InputError(f"text: {len(text):,} characters that the tokenizer cannot cut. Allowed: lines of code.") from None
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def special(self, name: str) -> int | None:
        return self._special.get(name)


def from_folder(folder: Path) -> FileVocabulary:
    """The vocabulary of a model's folder. Raises: InputError when it has none, or a broken one."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InputError(f"{folder}: no tokenizer.json. Allowed: a model folder with its tokenizer.")
    return from_json(path.read_text(encoding="utf-8"), str(path))


def from_json(text: str, where: str) -> FileVocabulary:
    """The vocabulary that a tokenizer.json says. Raises: InputError when it is none."""
    try:
        return FileVocabulary(Tokenizer.from_str(text))
    except Exception as error:  # the Rust side raises no narrower class
        raise InputError(f"{where}: not a tokenizer: {error}.") from error


class Family(NamedTuple):
    """Names of the special tokens of a family of models; all tell a prefix, a suffix, then the middle."""

    prefix: str
    suffix: str
    middle: str
    file: str = ""


FAMILIES: Final = {
    "starcoder": Family(FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE, FILE_SEP),  # ours too, and Granite's
    "qwen": Family("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_sep|>"),
    "santacoder": Family("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    "deepseek": Family("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
    "codellama": Family("▁<PRE>", "▁<SUF>", "▁<MID>"),
}
_ENDS: Final = (
    *(END_OF_TEXT, FILE_SEP, REPO_NAME, FIM_PAD, "<|file_sep|>", "<|repo_name|>", "<|fim_pad|>"),
    *("<|im_end|>", "<｜end▁of▁sentence｜>", "▁<EOT>", "</s>", "<|eot_id|>"),
    *(name for family in FAMILIES.values() for name in family[:3]),
)
"""Special tokens that no file has inside: where one comes, the completion is over."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Ids of the tokens to fill in the middle with; `file` stands before a file's path, where the model was told of paths."""

    prefix: int
    suffix: int
    middle: int
    file: int | None


def find_marks(vocabulary: Vocabulary) -> Marks | None:
    """The tokens that the model was trained to fill in the middle with, if any."""
    for family in FAMILIES.values():
        prefix, suffix, middle = (vocabulary.special(name) for name in family[:3])
        if prefix is not None and suffix is not None and middle is not None:
            return Marks(prefix, suffix, middle, vocabulary.special(family.file) if family.file else None)
    return None


def ends(vocabulary: Vocabulary) -> frozenset[int]:
    """Ids that end a completion, by their names."""
    return frozenset(number for name in _ENDS if (number := vocabulary.special(name)) is not None)
