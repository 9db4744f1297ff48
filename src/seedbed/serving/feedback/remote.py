"""The dataset on a Hub that feedback goes to: private, or nothing is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from huggingface_hub import CommitOperationAdd
from huggingface_hub.errors import RepositoryNotFoundError

from seedbed.core.errors import InputError, PublishError
from seedbed.publishing.hub.connection import check_owner, client, has_login, need_writer, reach, told_in_one_line
from seedbed.publishing.hub.remote import MAIN, files
from seedbed.publishing.hub.target import check_repo_id
from seedbed.serving.feedback.card import card
from seedbed.serving.feedback.file import EVENTS

KIND: Final = "dataset"
_CARD = "README.md"


def check_name(repo_id: str) -> None:
    """What can be said without a Hub. Raises: PublishError for a name that is none, and without any login."""
    check_repo_id(repo_id, "feedback to")
    if not has_login():
        raise PublishError(f"{repo_id}: no login to send feedback with. Allowed: `hf auth login`, or HF_TOKEN.")


def prepare(repo_id: str) -> None:
    """Ask the Hub whether this login may write there, and make the dataset where there is none.

    Raises: PublishError for one that others may see; HubAccessError for a login that may not; HubAwayError when nobody answers.
    """
    reach()
    need_writer()
    check_owner(repo_id)
    if not _is_there(repo_id):
        with told_in_one_line(repo_id):
            client().create_repo(repo_id, repo_type=KIND, private=True)


def _is_there(repo_id: str) -> bool:
    """Whether there is such a dataset. Raises: PublishError for one that others may see; HubAccessError."""
    with told_in_one_line(repo_id):
        try:
            private = client().repo_info(repo_id, repo_type=KIND).private
        except RepositoryNotFoundError:
            return False
    if not private:
        raise PublishError(f"{repo_id}: is public, so no feedback is sent there. Allowed: a private dataset, or a new name.")
    return True


def need_private(repo_id: str) -> None:
    """Raises: PublishError for a dataset that is gone or that others may see; HubAccessError."""
    reach()
    if not _is_there(repo_id):
        raise PublishError(f"{repo_id}: not there any more. Allowed: start again, and it is made anew.")


def sizes(repo_id: str) -> Mapping[str, int]:
    """Bytes of each file of events. Gives the repository its card where it has none."""
    there = files(repo_id, KIND, MAIN)
    if _CARD not in there:
        commit(repo_id, "Add the card", {_CARD: card().encode()})
    found = ((PurePosixPath(path), file.size) for path, file in there.items())
    return {path.name: size for path, size in found if path.parent.as_posix() == EVENTS and path.suffix == ".jsonl"}


def commit(repo_id: str, title: str, contents: Mapping[str, bytes]) -> None:
    """Put files; one that is there with the same bytes stays as it is. Raises: HubAccessError."""
    additions = [CommitOperationAdd(path, data) for path, data in contents.items()]
    with told_in_one_line(repo_id):
        client().create_commit(repo_id, additions, commit_message=title, repo_type=KIND)


def fetched(repo_id: str, names: Collection[str]) -> Iterable[Path]:
    """Files of events, in the client's cache; one that is gone by now is left out. Raises: HubAccessError."""
    if not names:
        return []
    with told_in_one_line(repo_id):
        patterns = [f"{EVENTS}/{name}" for name in names]
        folder = Path(client().snapshot_download(repo_id, repo_type=KIND, allow_patterns=patterns))
    return [path for name in names if (path := folder / EVENTS / name).exists()]


def download(repo_id: str) -> Path:
    """Folder in the client's cache with the events of a repository as they are now.

    Raises: InputError for no such dataset; HubAccessError for a Hub that cannot be read.
    """
    reach()  # what an earlier download left would be taken for it
    with told_in_one_line(repo_id):
        try:
            return Path(client().snapshot_download(repo_id, repo_type=KIND, allow_patterns=f"{EVENTS}/*.jsonl"))
        except RepositoryNotFoundError:
            raise InputError(f"{repo_id}: no such folder, and no dataset on the Hub that this login may see.") from None
