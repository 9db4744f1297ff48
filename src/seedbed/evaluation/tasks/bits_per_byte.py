"""Bits per byte of whole files, by language: how well a model predicts code that it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from seedbed.core.config.recipe import Positive
from seedbed.core.errors import SeedbedError
from seedbed.evaluation.metrics.estimates import bits_per_byte
from seedbed.evaluation.prompts import Document, drawn, languages_of
from seedbed.evaluation.results import Metric, Record
from seedbed.evaluation.tasks.base import Documents, SplitTask
from seedbed.evaluation.tasks.split import interleave
from seedbed.models.inference.backend import Backend

BITS = Metric("bits_per_byte", "bits a byte", "lower")


class BitsPerByteTask(SplitTask):
    """Read whole files; of each language files up to `bytes` of text."""

    kind: Literal["bits-per-byte"]
    bytes: Positive

    def prepare(self, documents: Documents) -> BitsPerByte:
        """Choose the files. Raises: InputError when there is no such split."""
        return BitsPerByte(self, documents())


class BitsPerByte:
    """A bits-per-byte task over the files of a split."""

    metrics = (BITS,)

    def __init__(self, task: BitsPerByteTask, documents: Sequence[Document]) -> None:
        self.task = task
        self.documents = interleave([list(_up_to(documents, name, task)) for name in languages_of(documents, task.languages)])

    @property
    def count(self) -> int:
        """Number of files."""
        return len(self.documents)

    def describe(self, count: int) -> object:
        """The first files as plain data."""
        return [[document.id, document.language, document.text] for document in self.documents[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """A backend that gives no probabilities cannot be asked."""
        try:
            nats_of(backend, "a = b")
        except SeedbedError as error:
            return str(error)
        return None

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Read some files."""
        return [record(backend, document) for document in self.documents[start:stop]]


def record(backend: Backend, document: Document) -> Record:
    """Bits per byte of one file; it weighs as much as it is long, so that the mean is that of all bytes."""
    size = document.size_bytes
    bits = bits_per_byte(nats_of(backend, document.text, document.path), size)
    return Record(id=document.id, group=document.language, values={BITS.name: bits}, weights={BITS.name: float(size)})


def nats_of(backend: Backend, text: str, path: str = "") -> float:
    """Negative log-likelihood of a whole text, in nats.

    A text longer than the model's context is read in windows that overlap by half. Each token counts once, with at least half a
    context before it where the text has that much. What a prompt puts before the text is read but not counted.
    Raises: GenerationError, InputError where the backend gives no probabilities.
    """
    lead = backend.plain_prompt("", path=path)
    ids = [*lead, *backend.encode(text)]
    counted, nats = max(len(lead), 1), 0.0
    for start, stop in windows(len(ids), backend.context_tokens):
        log_probabilities = backend.log_likelihood(ids[start:stop])
        nats -= sum(log_probabilities[counted - start - 1 :])
        counted = stop
    return nats


def windows(length: int, context: int) -> Iterator[tuple[int, int]]:
    """Half-overlapping windows over `length` tokens: (10, 6) -> (0, 6), (3, 9), (4, 10)."""
    stop = min(length, context)
    yield 0, stop
    while stop < length:
        stop = min(length, stop + max(1, context // 2))
        yield stop - context, stop


def _up_to(documents: Sequence[Document], language: str, task: BitsPerByteTask) -> Iterator[Document]:
    """Files of a language in the order of their draw that fit into the bytes; at least one."""
    left, taken = task.bytes, 0
    for document in drawn(documents, language, len(documents), task.seed, "bits"):
        size = document.size_bytes
        if size <= left or not taken:
            yield document
            left, taken = left - size, taken + 1
