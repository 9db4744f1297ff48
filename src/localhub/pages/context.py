"""The repository and the commit that a page is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from localhub.access import hub_of, readable
from localhub.cache import WeightedCache
from localhub.history import Commit
from localhub.pages.links import Links
from localhub.pages.viewmodels import Choice, CommitRow, Head
from localhub.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

MAX_REVISIONS = 100  # of the list to choose from


@dataclass(frozen=True)
class Opened:
    """A repository that the visitor may see, at a commit."""

    hub: Hub
    repository: Repository
    commit: Commit
    links: Links

    def head(self, tab: str) -> Head:
        links = self.links
        tabs = {"Card": links.card, "Files": links.tree(), "Commits": links.commits}
        return Head(
            links=links,
            private=self.repository.private,
            tabs=tuple(Choice(label, href, label == tab) for label, href in tabs.items()),
            revisions=tuple(self._revisions()),
        )

    def commit_row(self, commit: Commit) -> CommitRow:
        return CommitRow(
            oid=commit.oid,
            title=commit.title,
            date=commit.date,
            href=self.links.at(commit.oid).tree(),
            author=commit.author,
            message=commit.description,
        )

    def last_changes(self, paths: list[str]) -> dict[str, CommitRow]:
        """The newest commit that changed each path."""
        return {path: self.commit_row(commit) for path, commit in self.hub.history.last_changes(self.commit, paths)}

    def _revisions(self) -> list[Choice]:
        refs = [ref for ref, _ in self.hub.refs.all(self.repository.key)]
        names = [ref.split("/", 2)[2] if ref.startswith(("refs/heads/", "refs/tags/")) else ref for ref in refs]
        others = [name for name in dict.fromkeys(names) if name != "main"][:MAX_REVISIONS]
        return [Choice(name, self.links.at(name).tree(), name == self.links.revision) for name in ["main", *others]]


@dataclass(frozen=True)
class Summary:
    """What a whole tree amounts to."""

    files: int
    size: int
    parquet: tuple[str, ...]


_summaries: WeightedCache[str, Summary] = WeightedCache(200_000)  # by the tree's hash, so a new commit is a new entry


def summary(hub: Hub, tree: str) -> Summary:
    """Number of files, their bytes, and the paths of parquet files below a tree."""
    known = _summaries.get(tree)
    if known is None:
        files, size, parquet = 0, 0, []
        for path, file in hub.contents.files(tree):
            files, size = files + 1, size + file.size
            if path.endswith(".parquet"):
                parquet.append(path)
        known = Summary(files, size, tuple(parquet))
        _summaries.put(tree, known, len(parquet) + 1)
    return known


def opened(request: Request) -> Opened:
    """The repository of the address, at its revision or main. Raises: HubError 404."""
    hub, repository = hub_of(request), readable(request)
    revision = str(request.path_params.get("rev") or request.query_params.get("revision") or "main")
    commit = hub.refs.resolve(repository.key, revision)
    return Opened(hub, repository, commit, Links(repository.type, repository.id, revision))
