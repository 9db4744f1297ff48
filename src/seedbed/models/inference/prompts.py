"""Prompts for every backend that takes token ids, in the order that the model was trained on."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.core.errors import InputError
from seedbed.models.inference.backend import Ids, OtherFile
from seedbed.models.inference.vocabulary import FimTokens, Vocabulary, find_fim_tokens
from seedbed.models.tokens.pretokenizer import END_OF_TEXT


class TokenPrompts:
    """Start token, path of the file where the model was trained with paths, then the text.

    Source of the order: `seedbed.models.tokens.packing` and `seedbed.models.tokens.fim`; the other families use PSM too.
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
