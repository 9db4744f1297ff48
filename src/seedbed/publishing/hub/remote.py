"""A repository on a Hub: paths, sizes and hashes of one commit; nothing is downloaded."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from huggingface_hub import constants
from huggingface_hub.errors import EntryNotFoundError, RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile

from seedbed.publishing.hub.connection import client, one_line_errors
from seedbed.publishing.hub.content import Entry

MAIN = constants.DEFAULT_REVISION


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository: its size, and the hash the Hub knows it by (SHA-256 when `large`, else git's SHA-1)."""

    path: str
    size: int
    digest: str
    large: bool

    def holds(self, entry: Entry) -> bool:
        """Whether it has the entry's very bytes; hashes only what has the same size."""
        return self.size == entry.size and self.digest == (entry.sha256 if self.large else entry.git_sha1)


@dataclass(frozen=True)
class Remote:
    """A repository at its newest commit; `exists` is false where there is none."""

    exists: bool
    head: str | None = None
    private: bool | None = None
    files: Mapping[str, RemoteFile] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    branches: frozenset[str] = frozenset()
    pull_requests: Mapping[int, str] = field(default_factory=dict)


def read(repo_id: str, kind: str) -> Remote:
    """Read a repository's newest commit, its tags and its pull requests.

    Raises: HubAccessError when the Hub cannot be read.
    """
    with one_line_errors(repo_id):
        try:
            info = client().repo_info(repo_id, repo_type=kind)
        except RepositoryNotFoundError:
            return Remote(exists=False)
        refs = client().list_repo_refs(repo_id, repo_type=kind, include_pull_requests=True)
    return Remote(
        exists=True,
        head=info.sha,
        private=info.private,
        files=files(repo_id, kind, info.sha or MAIN),
        tags={tag.name: tag.target_commit for tag in refs.tags},
        branches=frozenset(branch.name for branch in refs.branches),
        pull_requests={int(ref.name): ref.target_commit for ref in refs.pull_requests or () if ref.name.isdigit()},
    )


def files(repo_id: str, kind: str, revision: str) -> dict[str, RemoteFile]:
    """Every file of one commit."""
    with one_line_errors(repo_id):
        tree = client().list_repo_tree(repo_id, recursive=True, revision=revision, repo_type=kind)
        return {item.path: _file(item) for item in tree if isinstance(item, RepoFile)}


def text(repo_id: str, kind: str, path: str) -> str | None:
    """A small text file at the newest commit; None when there is no such file or repository."""
    with tempfile.TemporaryDirectory(prefix="seedbed-") as folder, one_line_errors(f"{repo_id}: {path}"):
        try:
            file = client().hf_hub_download(repo_id, path, repo_type=kind, local_dir=folder)
        except (RepositoryNotFoundError, EntryNotFoundError):
            return None
        return Path(file).read_text(encoding="utf-8", errors="replace")


def _file(item: RepoFile) -> RemoteFile:
    if item.lfs is not None:
        return RemoteFile(item.path, item.lfs.size, item.lfs.sha256, large=True)
    return RemoteFile(item.path, item.size, item.blob_id, large=False)
