"""The dataset on a Hub that feedback goes to: private, or nothing is sent."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub.errors import RepositoryNotFoundError

from seedbed.errors import InputError
from seedbed.feedback.file import EVENTS
from seedbed.hub.connection import client, told_in_one_line

KIND = "dataset"


def download(repo_id: str) -> Path:
    """Folder in the client's cache with the events of a repository as they are now.

    Raises: InputError for no such dataset; HubAccessError for a Hub that cannot be read.
    """
    with told_in_one_line(repo_id):
        try:
            return Path(client().snapshot_download(repo_id, repo_type=KIND, allow_patterns=f"{EVENTS}/*.jsonl"))
        except RepositoryNotFoundError:
            raise InputError(f"{repo_id}: no such folder, and no dataset on the Hub that this login may see.") from None
