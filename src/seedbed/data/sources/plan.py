"""The plan of a run: every source fetched, checked and surveyed before any of its files is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from typing import Any, TypeVar

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import ArchiveError, RecipeError, SourceError, UnreachableError
from seedbed.data.sources import make_source
from seedbed.data.sources.base import Fetched, Source, Survey

Result = TypeVar("Result")

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
        """The source as the manifest describes it, and what else decides what is read from it."""
        return {
            "id": self.identity,
            "kind": self.source.kind,
            "project": self.source.project_of(self.fetched),
            "version": self.fetched.version,
            "archive_sha256": self.fetched.archive_sha256,
            "folder_sha256": self.fetched.folder_sha256,
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
    """Fetch and survey every source, sorted by identity; the order in the recipe means nothing.

    Args: strict: a broken archive stops the run instead of being counted; progress: called with bytes so far and in all.
    Raises: RecipeError, SourceError (fetching), ArchiveError (strict, or when no source can be read).
    """
    sources = [make_source(entry, f"{recipe_path.name}: sources[{n}]") for n, entry in enumerate(entries)]
    meter = _Meter(progress)
    fetches = [partial(source.fetch, cache, recipe_path.parent, meter.of(n)) for n, source in enumerate(sources)]
    fetched = _results(side_by_side(fetches, _FETCHERS, hopeless=UnreachableError))
    planned = [_survey(source, got, caps) for source, got in zip(sources, fetched, strict=True)]
    planned.sort(key=lambda source: source.identity)
    _refuse_twice(planned, recipe_path)
    broken = [source.error for source in planned if source.error]
    if broken and (strict or len(broken) == len(planned)):
        raise ArchiveError(broken[0])
    return planned


def spread(planned: Sequence[Planned], tasks: int) -> list[list[Planned]]:
    """Spread the readable sources over tasks, largest first to the task with least work; a source stays whole."""
    shards: list[list[Planned]] = [[] for _ in range(tasks)]
    loads = [0] * tasks
    readable = [source for source in planned if not source.error]
    for source in sorted(readable, key=lambda source: (-_size_bytes(source), source.identity)):
        lightest = loads.index(min(loads))
        shards[lightest].append(source)
        loads[lightest] += _size_bytes(source)
    return shards


def _size_bytes(source: Planned) -> int:
    return source.survey.size_bytes if source.survey else 0


class SourceReader(PipelineStep):
    """The documents of this task's sources."""

    name = "sources"
    type = "seedbed"

    def __init__(self, planned: Sequence[Planned], max_bytes: int) -> None:
        super().__init__()
        self.planned, self.max_bytes = list(planned), max_bytes

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        yield from data or ()
        for planned in spread(self.planned, world_size)[rank]:
            for document in planned.source.documents(planned.fetched, self.max_bytes):
                self.stat_update("files")
                yield document


def _survey(source: Source, fetched: Fetched, caps: Archives) -> Planned:
    try:
        return Planned(source, fetched, source.survey(fetched, caps), None)
    except ArchiveError as error:
        return Planned(source, fetched, None, f"{source.identity(fetched)}: {error}")


def _refuse_twice(planned: Sequence[Planned], recipe_path: Path) -> None:
    names = [source.identity for source in planned]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RecipeError(f"{recipe_path.name}: sources: {twice[0]} is listed twice. Allowed: each source once.")


def _results(futures: Sequence[Future[Fetched]]) -> list[Fetched]:
    """Results of the fetches. All have ended before a failure is raised, so that the next run finds the others in the cache."""
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


def side_by_side(acts: Sequence[Callable[[], Result]], threads: int, hopeless: type[Exception]) -> list[Future[Result]]:
    """Run the acts, `threads` at a time, until one raises a `hopeless` error: those not begun by then are cancelled.

    The threads are daemons: when ctrl-C ends the program, a stalled download does not hold it up.
    Returns: the future of each act, in their order.
    """
    futures: list[Future[Result]] = [Future() for _ in acts]
    waiting = deque(zip(acts, futures, strict=True))
    for _ in range(min(threads, len(acts))):
        Thread(target=_work, args=(waiting, hopeless), daemon=True).start()
    wait(futures)
    return futures


def _work(waiting: deque[tuple[Callable[[], Result], Future[Result]]], hopeless: type[Exception]) -> None:
    while (job := _next_job(waiting)) is not None:
        act, future = job
        try:
            future.set_result(act())
        except BaseException as error:  # noqa: BLE001 - the future raises it where the result is read
            future.set_exception(error)
            while isinstance(error, hopeless) and (job := _next_job(waiting)) is not None:
                job[1].cancel()
                job[1].set_running_or_notify_cancel()  # wakes who waits


def _next_job(waiting: deque[tuple[Callable[[], Result], Future[Result]]]) -> tuple[Callable[[], Result], Future[Result]] | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None
