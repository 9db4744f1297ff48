"""What every backend that takes token ids does alike: prompts in the order that the model was trained on."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.core.errors import InputError
from seedbed.models.inference.backend import Ids, OtherFile
from seedbed.models.inference.vocabulary import Marks, Vocabulary, find_marks
from seedbed.models.tokens.pretokenizer import END_OF_TEXT


class Prompts:
    """Prompts by a vocabulary: the start, the file's path where the model was told of paths, then the text.

    Source of the order: `seedbed.models.tokens.packing` and `seedbed.models.tokens.fim`; the other families tell PSM alike.
    """

    def __init__(self, vocabulary: Vocabulary, name: str, context_tokens: int) -> None:
        self.vocabulary, self.name, self.context_tokens = vocabulary, name, context_tokens
        self._marks: Marks | None = find_marks(vocabulary)
        self._file = self._marks.file if self._marks else None

    @property
    def has_fim(self) -> bool:
        return self._marks is not None

    @property
    def has_files(self) -> bool:
        return self._file is not None

    def encode(self, text: str) -> list[int]:
        return self.vocabulary.encode(text)

    def decode(self, ids: Ids) -> str:
        return self.vocabulary.decode(ids)

    def plain_prompt(self, prefix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        return [*self._heading(path, others), *self.encode(prefix)] or self._nothing()

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "", others: Sequence[OtherFile] = ()) -> list[int]:
        marks = self._marks
        if marks is None:
            raise InputError(f"{self.name}: has no tokens to fill in the middle with. Allowed: a prompt from left to right.")
        before, after = self.encode(prefix), self.encode(suffix)
        return [*self._heading(path, others), marks.prefix, *before, marks.suffix, *after, marks.middle]

    def _heading(self, path: str, others: Sequence[OtherFile]) -> list[int]:
        """Whatever stands before the text: the start, other files, then the file's own path where there is one to tell."""
        start = list(self.vocabulary.start)
        if self._file is None:
            if others:
                raise InputError(f"{self.name}: was not told of several files. Allowed: a prompt without others.")
            return start
        before = [number for one in others for number in (*self._mark(one.path), *self.encode(one.text))]
        return [*start, *before, *(self._mark(path) if path or others else ())]

    def _mark(self, path: str) -> list[int]:
        assert self._file is not None  # noqa: S101 - asked before
        return [self._file, *(self.encode(f"{path}\n") if path else ())]

    def _nothing(self) -> list[int]:
        """A prompt for a text of which nothing is known: what stands behind the end of another."""
        end = self.vocabulary.special(END_OF_TEXT)
        return [] if end is None else [end]
