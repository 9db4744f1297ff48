"""Everything a run will read: each source fetched, checked and looked through before any of it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import ArchiveError, RecipeError, SourceError, UnreachableError
from seedbed.data.sources import make_source
from seedbed.data.sources.base import Fetched, Source, Survey
from seedbed.data.sources.threads import side_by_side

_FETCHERS = 4


@dataclass(frozen=True, slots=True)
class Planned:
    """A source that can be read, or the reason why it cannot."""

    source: Source
    fetched: Fetched
    survey: Survey | None
    error: str | None

    @property
    def identity(self) -> str:
        """The source with its version."""
        return self.source.identity(self.fetched)

    def facts(self) -> dict[str, Any]:
        """What a manifest says of the source."""
        return {
            "id": self.identity,
            "kind": self.source.kind,
            "project": self.source.project_of(self.fetched),
            "version": self.fetched.version,
            "archive_sha256": self.fetched.archive_sha256,
            "archive_bytes": self.fetched.size_bytes,
            "release_date": self.fetched.release_date,
            "files": self.survey.files if self.survey else 0,
            "size_bytes": self.survey.size_bytes if self.survey else 0,
            "skipped": self.survey.skipped if self.survey else {},
            "error": self.error,
        }


def make_plan(
    entries: Sequence[Mapping[str, str]],
    recipe_path: Path,
    cache: Path,
    caps: Archives,
    *,
    strict: bool,
    progress: Callable[[int, int], None],
) -> list[Planned]:
    """Fetch and look through every source, sorted by identity: the order in the recipe means nothing.

    Args: strict: a broken archive stops the run instead of being counted; progress: called with bytes so far and in all.
    Raises: RecipeError, SourceError (fetching), ArchiveError (strict, or when no source can be read).
    """
    sources = [make_source(entry, f"{recipe_path.name}: sources[{n}]") for n, entry in enumerate(entries)]
    meter = _Meter(progress)
    fetches = [partial(source.fetch, cache, recipe_path.parent, meter.of(n)) for n, source in enumerate(sources)]
    fetched = _results(side_by_side(fetches, _FETCHERS, hopeless=UnreachableError))
    planned = [_look(source, got, caps) for source, got in zip(sources, fetched, strict=True)]
    planned.sort(key=lambda one: one.identity)
    _refuse_twice(planned, recipe_path)
    broken = [one.error for one in planned if one.error]
    if broken and (strict or len(broken) == len(planned)):
        raise ArchiveError(broken[0])
    return planned


def spread(planned: Sequence[Planned], tasks: int) -> list[list[Planned]]:
    """The readable sources over tasks, largest first to the task with least: even work, and a source stays whole."""
    shards: list[list[Planned]] = [[] for _ in range(tasks)]
    loads = [0] * tasks
    readable = [one for one in planned if not one.error]
    for one in sorted(readable, key=lambda one: (-(one.survey.size_bytes if one.survey else 0), one.identity)):
        lightest = loads.index(min(loads))
        shards[lightest].append(one)
        loads[lightest] += one.survey.size_bytes if one.survey else 0
    return shards


class SourceReader(PipelineStep):
    """The documents of this task's sources."""

    name = "sources"
    type = "seedbed"

    def __init__(self, planned: Sequence[Planned], max_bytes: int) -> None:
        super().__init__()
        self.planned, self.max_bytes = list(planned), max_bytes

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        yield from data or ()
        for one in spread(self.planned, world_size)[rank]:
            for document in one.source.documents(one.fetched, self.max_bytes):
                self.stat_update("files")
                yield document


def _look(source: Source, fetched: Fetched, caps: Archives) -> Planned:
    try:
        return Planned(source, fetched, source.survey(fetched, caps), None)
    except ArchiveError as error:
        return Planned(source, fetched, None, f"{source.identity(fetched)}: {error}")


def _refuse_twice(planned: Sequence[Planned], recipe_path: Path) -> None:
    names = [one.identity for one in planned]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RecipeError(f"{recipe_path.name}: sources: {twice[0]} is listed twice. Allowed: each source once.")


def _results(futures: Sequence[Future[Fetched]]) -> list[Fetched]:
    """What was fetched. All has ended before one failure is reported: what did arrive is in the cache for the next run."""
    errors = [error for future in futures if not future.cancelled() and (error := future.exception())]
    if not errors:
        return [future.result() for future in futures]
    untried = sum(future.cancelled() for future in futures)
    counts = {"more sources failed": len(errors) - 1, "not tried": untried}
    more = ", ".join(f"{number} {words}" for words, number in counts.items() if number)
    first = errors[0]
    raise type(first)(f"{first} ({more})") if more and isinstance(first, SourceError) else first


class _Meter:
    """Bytes of several downloads as one figure."""

    def __init__(self, progress: Callable[[int, int], None]) -> None:
        self._progress, self._lock = progress, Lock()
        self._done: dict[int, int] = {}
        self._total: dict[int, int] = {}

    def of(self, number: int) -> Callable[[int, int | None], None]:
        def update(done: int, total: int | None) -> None:
            with self._lock:
                self._done[number], self._total[number] = done, total or done
                self._progress(sum(self._done.values()), sum(self._total.values()))

        return update
