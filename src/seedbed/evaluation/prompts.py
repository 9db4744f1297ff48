"""Files of a held-out split, problems made of them, and their prompts."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES
from seedbed.evaluation.results import Record, Sample
from seedbed.models.inference.backend import Backend, Completion, Ids, Sampling
from seedbed.models.tokens.sampling import draws

TEST: Final = "test"
_ROWS_WITHOUT_ID: Final = "row {}"


@dataclass(frozen=True, slots=True)
class Document:
    """One file. `id` is unique in its dataset; `language` is a display name; `path` may be empty."""

    id: str
    language: str
    text: str
    path: str = ""

    @property
    def size_bytes(self) -> int:
        """Bytes of its UTF-8 form."""
        return len(self.text.encode("utf-8", "surrogatepass"))


def read_split(choice: DatasetChoice, split: str = TEST) -> list[Document]:
    """All files of a split in languages that there is a grammar for, ordered by id.

    Raises: InputError when there is no such dataset, or no such split in it.
    """
    from seedbed.models.tokens.corpus import rows_of, splits_of  # takes the `datasets` library with it

    where = choice.path or choice.id
    if choice.path is not None and not Path(choice.path).is_dir():
        raise InputError(f"--data {choice.path}: no such folder. Allowed: a dataset folder, or an id on the Hub.")
    if split not in (there := splits_of(choice)):
        raise InputError(
            f"--data {where}: no split {split!r}. Allowed: a dataset that has it (this one has {', '.join(there) or 'none'})."
        )
    documents = (_document(row, number, choice.text_column) for number, row in enumerate(rows_of(choice, split)))
    return sorted((each for each in documents if each.language in LANGUAGES and each.text), key=lambda each: each.id)


def _document(row: Mapping[str, Any], number: int, text_column: str) -> Document:
    return Document(
        id=str(row.get("id") or _ROWS_WITHOUT_ID.format(number)),
        language=str(row.get("language") or ""),
        text=str(row[text_column] or ""),
        path=str(row.get("path") or ""),
    )


def drawn(documents: Iterable[Document], language: str, count: int, seed: int, purpose: str) -> list[Document]:
    """`count` documents of a language by chance that depends on seed, purpose and id alone, in the order of the draw."""
    candidates = (document for document in documents if document.language == language)
    return heapq.nsmallest(count, candidates, key=lambda each: (draws(seed, purpose, each.id)[0], each.id))


def languages_of(documents: Sequence[Document], wanted: Sequence[str] = ()) -> list[str]:
    """Languages that the documents have, in the order of `LANGUAGES`; only `wanted` ones where some are named."""
    there = {document.language for document in documents}
    return [name for name in LANGUAGES if name in there and (not wanted or name in wanted)]


@dataclass(frozen=True, slots=True)
class CompletionProblem:
    """A place in a file: the text before it, the text after it ("" where it is not shown), and the text that stood there.

    `scope` is the offset in `prefix`, in characters, where the function around the place starts; `around` is the code that the
    function needs before it to parse on its own.
    """

    id: str
    language: str
    path: str
    prefix: str
    suffix: str
    truth: str
    scope: int = 0
    around: str = ""

    def plain(self) -> dict[str, Any]:
        """As plain data, for a hash."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TimedCompletions:
    """Completions of one prompt, and seconds per completion: an equal share of the time of its batch."""

    completions: list[Completion]
    seconds: float


def generate(backend: Backend, prompts: Sequence[Ids], sampling: Sampling) -> list[TimedCompletions]:
    """Completions of prompts, with their time. Raises: GenerationError."""
    start = time.perf_counter()
    made = backend.generate(prompts, sampling)
    each = (time.perf_counter() - start) / max(1, sum(map(len, made)))
    return [TimedCompletions(completions, each) for completions in made]


def mean_record(identity: str, group: str, judged: Sequence[tuple[Sample, dict[str, float]]]) -> Record:
    """The record of a problem: each value is the mean over its samples."""
    means = {name: sum(values[name] for _, values in judged) / len(judged) for name in judged[0][1]}
    return Record(id=identity, group=group, values=means, samples=tuple(sample for sample, _ in judged))


def fit_to_tokens(text: str, prompt: Callable[[str], Sequence[int]], most_tokens: int, *, from_start: bool = True) -> str:
    """Cut a text so that its prompt has at most `most_tokens`: keep its end, or its start if `from_start` is false.

    Args: prompt: makes token ids of a text.
    """
    limit = most_tokens * _LONGEST_TOKEN
    text = (text[-limit:] if from_start else text[:limit]) if len(text) > limit else text
    while (excess := len(prompt(text)) - most_tokens) > 0 and text:
        cut = max(1, int(len(text) * excess / (excess + most_tokens)))
        text = text[cut:] if from_start else text[:-cut]
    return text


_LONGEST_TOKEN = 16
"""Characters: no text of code has tokens that long on average."""


def prefix_prompt(backend: Backend, prefix: str, new_tokens: int, path: str = "") -> list[int]:
    """Token ids of as much of a prefix as leaves room for `new_tokens` in the model's context."""
    room = _room(backend, new_tokens)

    def prompt(text: str) -> list[int]:
        return backend.plain_prompt(text, path=path)

    return prompt(fit_to_tokens(prefix, prompt, room))


def middle_prompt(backend: Backend, prefix: str, suffix: str, new_tokens: int, path: str = "") -> list[int]:
    """Token ids that ask for what is between: a third of the room for what is after, the rest for what is before."""
    room = _room(backend, new_tokens)
    suffix = fit_to_tokens(suffix, lambda text: backend.fim_prompt("", text, path=path), room // 3, from_start=False)

    def prompt(text: str) -> list[int]:
        return backend.fim_prompt(text, suffix, path=path)

    return prompt(fit_to_tokens(prefix, prompt, room))


def _room(backend: Backend, new_tokens: int) -> int:
    """Tokens of a prompt: what the completion leaves of the context, and half of it at least."""
    return backend.context_tokens - min(new_tokens, backend.context_tokens // 2)
