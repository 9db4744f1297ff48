"""Large files are uploaded first, in batches; an interrupted run does not upload finished batches again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from huggingface_hub import CommitOperationAdd

from seedbed.core.text import numbers
from seedbed.publishing.hub.connection import client, one_line_errors
from seedbed.publishing.hub.content import Entry
from seedbed.publishing.hub.remote import MAIN
from seedbed.publishing.hub.target import Target

BATCH_FILES = 256  # the client asks the Hub about as many at a time
BATCH_BYTES = 256_000_000  # the most that an interrupted run sends again

Say = Callable[[str], None]


def additions(entries: Sequence[Entry]) -> list[CommitOperationAdd]:
    """An upload operation of the client for each entry; a known hash is not computed again."""
    made = []
    for entry in entries:
        operation = CommitOperationAdd(path_in_repo=entry.path, path_or_fileobj=entry.data)
        if "sha256" in entry.__dict__:
            operation.upload_info.sha256 = bytes.fromhex(entry.sha256)
        made.append(operation)
    return made


def upload(operations: Sequence[CommitOperationAdd], target: Target, say: Say) -> None:
    """Send the content of every large file; small ones travel in the commit itself.

    Raises: HubAccessError when the Hub cannot be reached or refuses one.
    """
    batches = list(_batches(operations))
    for number, batch in enumerate(batches, 1):
        size = sum(operation.upload_info.size for operation in batch)
        say(f"upload {number} of {len(batches)}: {numbers.plural(len(batch), 'file')}, {numbers.size(size)}")
        with one_line_errors(target.repo_id):
            client().preupload_lfs_files(
                target.repo_id,
                batch,
                repo_type=target.kind,
                revision=MAIN,
                create_pr=target.pull_request,
                free_memory=False,
                gitignore_content="",  # the plan says what is published; a .gitignore there would silently drop files
            )


def _batches(operations: Sequence[CommitOperationAdd]) -> Iterator[list[CommitOperationAdd]]:
    batch: list[CommitOperationAdd] = []
    size = 0
    for operation in operations:
        if batch and (len(batch) == BATCH_FILES or size + operation.upload_info.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += operation.upload_info.size
    if batch:
        yield batch
