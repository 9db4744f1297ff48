"""Send feedback on to a private dataset on a Hub, over outages and restarts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from huggingface_hub import CommitScheduler

from seedbed.core.errors import HubAwayError, InputError, PublishError
from seedbed.core.text.formatting import plural
from seedbed.publishing.hub.connection import client, one_line_errors
from seedbed.serving.feedback import remote
from seedbed.serving.feedback.event import FeedbackEvent, Sink
from seedbed.serving.feedback.file import EVENTS, Extent, FeedbackFile, ids_of

LAST_SECONDS: Final = 20.0
"""Time for the last upload when the store closes."""

_FILES_A_COMMIT: Final = 4
_MAX_KNOWN_BYTES: Final = 64_000_000
"""Files from earlier disks whose ids are read: clients repeat an event within minutes, so the newest files are enough."""

_log = logging.getLogger(__name__)


class FeedbackSync:
    """A store that sends its events to a Hub. While the Hub is unreachable they wait in the folder."""

    def __init__(self, file: FeedbackFile, repo_id: str, minutes: float) -> None:
        self._file, self._repo_id, self._minutes = file, repo_id, minutes
        self._turn = Lock()
        self._sent: dict[str, Extent] = {}
        self._scheduler: _Scheduler | None = None
        self._stopped = Event()
        self._reported = ""

    def start(self) -> None:
        """Start to send. Raises: PublishError for a public dataset, or a login without write access."""
        remote.check_name(self._repo_id)
        try:
            self.connect()
        except HubAwayError as error:
            self._report(error)
            Thread(target=self._connect_later, name="feedback", daemon=True).start()

    def connect(self) -> None:
        """Prepare the dataset, and start the regular uploads. Raises: PublishError; HubAwayError for an unreachable Hub."""
        with self._turn:
            if self._scheduler:
                return
            remote.prepare(self._repo_id)
            self._read_remote_state(remote.sizes(self._repo_id))
            with one_line_errors(self._repo_id):
                self._scheduler = _Scheduler(self._repo_id, self._file.folder, self._minutes, self._push_or_report)

    def add(self, event: FeedbackEvent) -> bool:
        """Store an event in the folder. Raises: OSError when it cannot be written."""
        return self._file.add(event)

    def waiting(self) -> int:
        """Number of events that are not known to be on the Hub."""
        extents = self._file.extents()
        return sum(extents[name].events - self._sent.get(name, Extent()).events for name in self._grown(extents))

    def push(self) -> None:
        """Upload the files that have grown. Raises: PublishError when that fails; the next push tries again."""
        with self._turn:
            extents = self._file.extents()
            names = self._grown(extents)
            if not names:
                return
            remote.need_private(self._repo_id)
            for first in range(0, len(names), _FILES_A_COMMIT):
                batch = {name: extents[name] for name in names[first : first + _FILES_A_COMMIT]}
                remote.commit(self._repo_id, _title(batch), {f"{EVENTS}/{name}": self._read(name, batch[name]) for name in batch})
                self._sent.update(batch)

    def close(self, seconds: float = LAST_SECONDS) -> None:
        """Stop accepting events. What is left is sent if that takes at most `seconds`; 0 sends nothing."""
        self._stopped.set()
        if seconds:
            last = Thread(target=self._send_rest, name="feedback", daemon=True)
            last.start()
            last.join(seconds)
        if self._scheduler:
            self._scheduler.stop()
        if waiting := self.waiting():
            _log.warning("%s: %s on this disk only; the next start sends it", self._repo_id, plural(waiting, "event"))
        self._file.close()

    def _connect_later(self) -> None:
        while not self._scheduler and not self._stopped.wait(self._minutes * 60):
            try:
                self.connect()
            except PublishError as error:
                self._report(error)

    def _read_remote_state(self, remote_sizes: Mapping[str, int]) -> None:
        """Note how much of each local file the Hub has, and which events it has from earlier disks."""
        extents = self._file.extents()
        for name, size in remote_sizes.items():
            if name in extents:
                self._sent[name] = extents[name] if size >= extents[name].size else Extent(size)
        remaining = _MAX_KNOWN_BYTES
        recent = []
        for name in sorted(remote_sizes.keys() - extents.keys(), reverse=True):
            remaining -= remote_sizes[name]
            if remaining >= 0:
                recent.append(name)
        for path in remote.fetched(self._repo_id, recent):
            self._file.know(ids_of(path))

    def _grown(self, extents: Mapping[str, Extent]) -> list[str]:
        return [name for name, extent in extents.items() if extent.size > self._sent.get(name, Extent()).size]

    def _read(self, name: str, extent: Extent) -> bytes:
        with (self._file.folder / name).open("rb") as stream:
            return stream.read(extent.size)

    def _send_rest(self) -> None:
        if not self.waiting():
            return
        try:
            self.connect()
        except PublishError as error:
            self._report(error)
        else:
            self._push_or_report()

    def _push_or_report(self) -> None:
        try:
            self.push()
        except (PublishError, OSError) as error:
            self._report(error)
        else:
            self._reported = ""

    def _report(self, error: Exception) -> None:
        """Log an error, once as long as it stays the same."""
        if str(error) != self._reported:
            self._reported = str(error)
            _log.warning("feedback waits on this disk: %s", error)


class _Scheduler(CommitScheduler):
    """The scheduler of huggingface_hub with our own push. Its push compares modification times, and misses lines appended
    within one tick of the clock; and its thread keeps the process from ending.
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
        Thread(target=self._run_push, args=(done,), name="feedback", daemon=True).start()
        return done

    def push_to_hub(self) -> None:
        self._push()

    def _run_push(self, done: Future[None]) -> None:
        self._push()
        done.set_result(None)


def _title(files: Mapping[str, Extent]) -> str:
    return f"Feedback: {plural(len(files), 'file')}"


MINUTES = 5.0
_MAX_MINUTES = 24 * 60


def open_feedback(folder: Path, repo_id: str | None = None, *, minutes: float = MINUTES) -> Sink:
    """Store events in a folder, and send them to a private dataset on a Hub where one is named.

    While the Hub is unreachable, events stay in the folder and are sent later. Closing the store sends the last ones.
    Args: minutes: between two uploads.
    Raises: InputError for a folder that cannot be written or is in use; PublishError for a public dataset, or a login without
        write access.
    """
    if not 0 < minutes <= _MAX_MINUTES:
        raise InputError(f"--feedback-every {minutes:g}: not a time between two uploads. Allowed: up to {_MAX_MINUTES} minutes.")
    file = FeedbackFile(folder)
    if repo_id is None:
        return file

    sync = FeedbackSync(file, repo_id, minutes)
    try:
        sync.start()
    except BaseException:
        file.close()
        raise
    return sync
