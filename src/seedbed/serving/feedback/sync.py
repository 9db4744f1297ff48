"""Events on their way from a folder to a private dataset on a Hub, every few minutes. The folder has them first, and keeps them.

A file is sent whole when it has grown beyond what the Hub has of it, and never otherwise. Files are appended to by one process,
under names that no other chooses. So it does no harm to send one again after an answer that was lost, or to begin with an empty
disk or one that was set back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from huggingface_hub import CommitScheduler

from seedbed.core.errors import HubAwayError, PublishError
from seedbed.core.text.numbers import plural
from seedbed.publishing.hub.connection import client, told_in_one_line
from seedbed.serving.feedback import remote
from seedbed.serving.feedback.append import Extent
from seedbed.serving.feedback.event import FeedbackEvent
from seedbed.serving.feedback.file import EVENTS, FeedbackFile, ids_of

LAST_SECONDS: Final = 20.0
"""For what is left to send at the end."""

_FILES_A_COMMIT: Final = 4
_MOST_KNOWN_BYTES: Final = 64_000_000
"""Of the files of earlier disks: a client sends again within minutes, so the newest are enough."""

_log = logging.getLogger(__name__)


class FeedbackSync:
    """A sink whose events are sent to a Hub. One that is away is asked again later; until then they wait in the folder."""

    def __init__(self, file: FeedbackFile, repo_id: str, minutes: float) -> None:
        self._file, self._repo_id, self._minutes = file, repo_id, minutes
        self._turn = Lock()
        self._sent: dict[str, Extent] = {}
        self._scheduler: _Scheduler | None = None
        self._stopped = Event()
        self._told = ""

    def start(self) -> None:
        """Begin to send. Raises: PublishError for a repository, or a login, that will not do."""
        remote.check_name(self._repo_id)
        try:
            self.begin()
        except HubAwayError as error:
            self._tell(error)
            Thread(target=self._begin_later, name="feedback", daemon=True).start()

    def begin(self) -> None:
        """Look for the repository, and push from now on. Raises: PublishError; HubAwayError where nothing answers."""
        with self._turn:
            if self._scheduler:
                return
            remote.prepare(self._repo_id)
            self._learn(remote.sizes(self._repo_id))
            with told_in_one_line(self._repo_id):
                self._scheduler = _Scheduler(self._repo_id, self._file.folder, self._minutes, self._push_or_tell)

    def add(self, event: FeedbackEvent) -> bool:
        """Keep an event in the folder. Raises: OSError when it cannot be."""
        return self._file.add(event)

    def waiting(self) -> int:
        """Events that are not known to be on the Hub."""
        extents = self._file.extents()
        return sum(extents[name].events - self._sent.get(name, Extent()).events for name in self._new(extents))

    def push(self) -> None:
        """Send what is new. Raises: PublishError when that fails; all of it is sent again the next time."""
        with self._turn:
            extents = self._file.extents()
            names = self._new(extents)
            if not names:
                return
            remote.need_private(self._repo_id)
            for first in range(0, len(names), _FILES_A_COMMIT):
                some = {name: extents[name] for name in names[first : first + _FILES_A_COMMIT]}
                remote.commit(self._repo_id, _title(some), {f"{EVENTS}/{name}": self._read(name, some[name]) for name in some})
                self._sent.update(some)

    def close(self, seconds: float = LAST_SECONDS) -> None:
        """No event comes any more. What is left is sent if that takes no longer than `seconds`; with 0 nothing is sent."""
        self._stopped.set()
        if seconds:
            last = Thread(target=self._send_the_last, name="feedback", daemon=True)
            last.start()
            last.join(seconds)
        if self._scheduler:
            self._scheduler.stop()
        if waiting := self.waiting():
            _log.warning("%s: %s on this disk only; the next start sends it", self._repo_id, plural(waiting, "event"))
        self._file.close()

    def _begin_later(self) -> None:
        while not self._scheduler and not self._stopped.wait(self._minutes * 60):
            try:
                self.begin()
            except PublishError as error:
                self._tell(error)

    def _learn(self, there: Mapping[str, int]) -> None:
        """What the Hub has of the files here, and which events it has from disks that are gone."""
        extents = self._file.extents()
        for name, size in there.items():
            if name in extents:
                self._sent[name] = extents[name] if size >= extents[name].size else Extent(size)
        left = _MOST_KNOWN_BYTES
        wanted = []
        for name in sorted(there.keys() - extents.keys(), reverse=True):
            left -= there[name]
            if left >= 0:
                wanted.append(name)
        for path in remote.fetched(self._repo_id, wanted):
            self._file.know(ids_of(path))

    def _new(self, extents: Mapping[str, Extent]) -> list[str]:
        return [name for name, extent in extents.items() if extent.size > self._sent.get(name, Extent()).size]

    def _read(self, name: str, extent: Extent) -> bytes:
        with (self._file.folder / name).open("rb") as stream:
            return stream.read(extent.size)

    def _send_the_last(self) -> None:
        if not self.waiting():
            return
        try:
            self.begin()
        except PublishError as error:
            self._tell(error)
        else:
            self._push_or_tell()

    def _push_or_tell(self) -> None:
        try:
            self.push()
        except (PublishError, OSError) as error:
            self._tell(error)
        else:
            self._told = ""

    def _tell(self, error: Exception) -> None:
        """Once for as long as it stays the same."""
        if str(error) != self._told:
            self._told = str(error)
            _log.warning("feedback waits on this disk: %s", error)


class _Scheduler(CommitScheduler):
    """The official one, with a push of ours. Its own takes the time of a file for its state, and misses what is appended within
    one tick of the clock; and it runs where it keeps a process from ending.
    """

    def __init__(self, repo_id: str, folder: Path, minutes: float, push: Callable[[], None]) -> None:
        self._push = push
        super().__init__(
            repo_id=repo_id,
            folder_path=folder,
            every=minutes,
            path_in_repo=EVENTS,
            repo_type=remote.KIND,
            private=True,
            hf_api=client(),
        )

    def trigger(self) -> Future[None]:
        done: Future[None] = Future()
        Thread(target=self._carry_out, args=(done,), name="feedback", daemon=True).start()
        return done

    def push_to_hub(self) -> None:
        self._push()

    def _carry_out(self, done: Future[None]) -> None:
        self._push()
        done.set_result(None)


def _title(files: Mapping[str, Extent]) -> str:
    return f"Feedback: {plural(len(files), 'file')}"
