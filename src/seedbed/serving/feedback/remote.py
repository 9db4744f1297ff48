"""The dataset on a Hub that receives feedback. It must be private."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from huggingface_hub import CommitOperationAdd
from huggingface_hub.errors import RepositoryNotFoundError

from seedbed.core.errors import InputError, PublishError
from seedbed.publishing.hub.connection import MAIN, check_owner, client, files, has_login, need_writer, one_line_errors, reach
from seedbed.publishing.hub.target import check_repo_id
from seedbed.serving.feedback.file import EVENTS

KIND: Final = "dataset"
_CARD = "README.md"
COLUMNS: Final = {
    "time": ("float64", "when the event arrived, in seconds since 1970"),
    "id": ("string", "id of the event, chosen by the sender; of two events with one id the first counts"),
    "consent": ("bool", "true: without consent nothing is stored"),
    "action": ("string", "shown, accepted, edited or rejected"),
    "shown": ("string", "the suggestion"),
    "final": ("string", "the edited text, after the action edited"),
    "prefix": ("string", "the text before it"),
    "suffix": ("string", "the text after it"),
    "path": ("string", "of the file"),
    "language": ("string", "of the file"),
    "model": ("string", "name of the model that wrote the suggestion"),
    "completion_id": ("string", "id of the answer with the suggestion"),
}


def check_name(repo_id: str) -> None:
    """Check what needs no Hub.

    Raises: PublishError for an invalid name, or without a login.
    """
    check_repo_id(repo_id, "feedback to")
    if not has_login():
        raise PublishError(f"{repo_id}: no login for sending feedback. Allowed: `hf auth login`, or HF_TOKEN.")


def prepare(repo_id: str) -> None:
    """Check that the login may write to the dataset, and create it where it is missing.

    Raises: PublishError for a public dataset; HubAccessError for a login without write access; HubAwayError without a Hub.
    """
    reach()
    need_writer()
    check_owner(repo_id)
    if not _exists(repo_id):
        with one_line_errors(repo_id):
            client().create_repo(repo_id, repo_type=KIND, private=True)


def _exists(repo_id: str) -> bool:
    """Whether the dataset exists. Raises: PublishError for a public one; HubAccessError."""
    with one_line_errors(repo_id):
        try:
            private = client().repo_info(repo_id, repo_type=KIND).private
        except RepositoryNotFoundError:
            return False
    if not private:
        raise PublishError(f"{repo_id}: it is public, so no feedback is sent there. Allowed: a private dataset, or a new name.")
    return True


def need_private(repo_id: str) -> None:
    """Raises: PublishError for a dataset that is missing or public; HubAccessError."""
    reach()
    if not _exists(repo_id):
        raise PublishError(f"{repo_id}: the dataset does not exist any more. Allowed: a restart, which creates it.")


def sizes(repo_id: str) -> Mapping[str, int]:
    """Size in bytes of each file of events, by name. Adds the card of the dataset where it is missing.

    Raises: HubAccessError.
    """
    remote_files = files(repo_id, KIND, MAIN)
    if _CARD not in remote_files:
        commit(repo_id, "Add the card", {_CARD: card().encode()})
    sizes = ((PurePosixPath(path), file.size) for path, file in remote_files.items())
    return {path.name: size for path, size in sizes if path.parent.as_posix() == EVENTS and path.suffix == ".jsonl"}


def commit(repo_id: str, title: str, contents: Mapping[str, bytes]) -> None:
    """Upload files. Raises: HubAccessError."""
    additions = [CommitOperationAdd(path, data) for path, data in contents.items()]
    with one_line_errors(repo_id):
        client().create_commit(repo_id, additions, commit_message=title, repo_type=KIND)


def fetched(repo_id: str, names: Collection[str]) -> Iterable[Path]:
    """Download files of events into the client's cache; missing ones are skipped. Raises: HubAccessError."""
    if not names:
        return []
    with one_line_errors(repo_id):
        patterns = [f"{EVENTS}/{name}" for name in names]
        folder = Path(client().snapshot_download(repo_id, repo_type=KIND, allow_patterns=patterns))
    return [path for name in names if (path := folder / EVENTS / name).exists()]


def download(repo_id: str) -> Path:
    """Download all events of a dataset. Returns: a folder in the client's cache.

    Raises: InputError for a missing dataset; HubAccessError for a Hub that cannot be read.
    """
    reach()  # without a Hub, the client would return what an earlier download left
    with one_line_errors(repo_id):
        try:
            return Path(client().snapshot_download(repo_id, repo_type=KIND, allow_patterns=f"{EVENTS}/*.jsonl"))
        except RepositoryNotFoundError:
            raise InputError(f"{repo_id}: no such folder, and no dataset on the Hub that this login may see.") from None


def card() -> str:
    """The README of the dataset. It names the types of all columns: the viewer would take some texts for dates."""
    features = "".join(f"  - name: {name}\n    dtype: {dtype}\n" for name, (dtype, _) in COLUMNS.items())
    rows = "".join(f"| `{name}` | {words} |\n" for name, (_, words) in COLUMNS.items())
    return f"""---
configs:
- config_name: default
  data_files: events/*.jsonl
dataset_info:
  features:
{features}tags:
- seedbed
- code
---

# Feedback

What people did with the suggestions of a code model. Every event was sent with consent. Lines with credentials were replaced
(`[redacted: RULE]`) before anything was written. What people typed may contain other personal data, so this dataset stays
private: seedbed sends nothing to a public one.

| Column | Meaning |
|---|---|
{rows}
Each file in `events/` is appended to by the process that created it.
"""
