"""Opens a feedback store, for the server and for a Space."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.serving.feedback.event import Sink
from seedbed.serving.feedback.file import FeedbackFile

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
    from seedbed.serving.feedback.sync import FeedbackSync

    sync = FeedbackSync(file, repo_id, minutes)
    try:
        sync.start()
    except BaseException:
        file.close()
        raise
    return sync
