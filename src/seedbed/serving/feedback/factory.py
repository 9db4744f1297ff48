"""One way to open a place for feedback, for the server and for a Space."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.serving.feedback.event import Sink
from seedbed.serving.feedback.file import FeedbackFile

MINUTES = 5.0
_MOST_MINUTES = 24 * 60


def open_feedback(folder: Path, repo_id: str | None = None, *, minutes: float = MINUTES) -> Sink:
    """Keep events in a folder, and send them to a private dataset on a Hub where one is named, every so many minutes.

    A Hub that is away keeps nobody waiting: events are kept, and sent later. Close it, so that the last ones are sent.
    Raises: InputError for a folder that cannot be written or is in use; PublishError for a repository that is public, or a login
        that may not write there.
    """
    if not 0 < minutes <= _MOST_MINUTES:
        raise InputError(f"--feedback-every {minutes:g}: not a time between two uploads. Allowed: up to {_MOST_MINUTES} minutes.")
    file = FeedbackFile(folder)
    if repo_id is None:
        return file
    from seedbed.serving.feedback.sync import FeedbackSync

    sync = FeedbackSync(file, repo_id, minutes)
    try:
        sync.start()
    except BaseException:
        file.close()
        raise
    return sync
