"""What every backend that takes token ids does alike: prompts in the order that the model was trained on."""

from __future__ import annotations

from seedbed.errors import InputError
from seedbed.generation import Ids
from seedbed.model.generation.vocabulary import Marks, Vocabulary, find_marks
from seedbed.model.pretokens import END_OF_TEXT


class Prompts:
    """Prompts by a vocabulary: the start, the file's path where the model was told of paths, then the text.

    Source of the order: `seedbed.model.packing` and `seedbed.model.fim`; the other families tell PSM alike.
    """

    def __init__(self, vocabulary: Vocabulary, name: str, context_tokens: int) -> None:
        self.vocabulary, self.name, self.context_tokens = vocabulary, name, context_tokens
        self._marks: Marks | None = find_marks(vocabulary)

    @property
    def has_fim(self) -> bool:
        return self._marks is not None

    def encode(self, text: str) -> list[int]:
        return self.vocabulary.encode(text)

    def decode(self, ids: Ids) -> str:
        return self.vocabulary.decode(ids)

    def plain_prompt(self, prefix: str, *, path: str = "") -> list[int]:
        return [*self._heading(path), *self.encode(prefix)] or self._nothing()

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "") -> list[int]:
        marks = self._marks
        if marks is None:
            raise InputError(f"{self.name}: has no tokens to fill in the middle with. Allowed: a prompt from left to right.")
        before, after = self.encode(prefix), self.encode(suffix)
        return [*self._heading(path), marks.prefix, *before, marks.suffix, *after, marks.middle]

    def _heading(self, path: str) -> list[int]:
        start = list(self.vocabulary.start)
        if path and self._marks is not None and self._marks.file is not None:
            return [*start, self._marks.file, *self.encode(f"{path}\n")]
        return start

    def _nothing(self) -> list[int]:
        """A prompt for a text of which nothing is known: what stands behind the end of another."""
        end = self.vocabulary.special(END_OF_TEXT)
        return [] if end is None else [end]
