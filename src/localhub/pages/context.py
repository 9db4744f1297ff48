"""What every page knows: the visitor, the repository, its links."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from cachetools import LRUCache, cached
from starlette.requests import Request

from localhub.access import hub_of, readable
from localhub.history import Commit
from localhub.pages.links import Links
from localhub.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub


class Link(NamedTuple):
    """Words, and an address or none; `current` marks the present page in a menu."""

    label: str
    href: str
    current: bool = False


class RepoRow(NamedTuple):
    """A repository in a list. `updated` is an ISO time or empty."""

    id: str
    href: str
    private: bool
    updated: str
    size: str
    tags: tuple[str, ...]


class FileRow(NamedTuple):
    """A file, or a folder (`size` None)."""

    name: str
    href: str
    size: int | None = None
    download: str = ""


_MAX_REVISIONS = 100  # of the menu
_CACHED_PATHS = 200_000


@dataclass(frozen=True)
class Head:
    """The top of every page of a repository."""

    links: Links
    private: bool
    tabs: list[Link]
    revisions: list[Link]


@dataclass(frozen=True)
class OpenRepository:
    """A repository that the visitor may see, at a commit."""

    hub: Hub
    repository: Repository
    commit: Commit
    links: Links

    def head(self, tab: str) -> Head:
        links = self.links
        tabs = {"Card": links.card, "Files": links.tree(), "Commits": links.commits}
        menu = [Link(label, href, label == tab) for label, href in tabs.items()]
        return Head(links, self.repository.private, menu, self._revisions())

    def _revisions(self) -> list[Link]:
        refs = [ref for ref, _ in self.hub.history.refs(self.repository.key)]
        names = [ref.split("/", 2)[2] if ref.startswith(("refs/heads/", "refs/tags/")) else ref for ref in refs]
        others = [name for name in dict.fromkeys(names) if name != "main"][:_MAX_REVISIONS]
        return [Link(name, self.links.at(name).tree(), name == self.links.revision) for name in ["main", *others]]


def open_repository(request: Request) -> OpenRepository:
    """The repository of the address, at its revision or main. Raises: HubError 404."""
    hub, repository = hub_of(request), readable(request)
    revision = str(request.path_params.get("rev") or request.query_params.get("revision") or "main")
    commit = hub.history.resolve(repository.key, revision)
    return OpenRepository(hub, repository, commit, Links(repository.type, repository.id, revision))


@dataclass(frozen=True)
class Summary:
    """Number of files of a tree, their size in bytes, and the paths of parquet files."""

    files: int
    size: int
    parquet: tuple[str, ...]


@cached(LRUCache(_CACHED_PATHS, getsizeof=lambda tree: len(tree.parquet) + 1), key=lambda _, tree: tree, lock=Lock())
def summary(hub: Hub, tree: str) -> Summary:
    """Read once for each tree: a new commit has a new tree."""
    files, size, parquet = 0, 0, []
    for path, file in hub.trees.files(tree):
        files, size = files + 1, size + file.size
        if path.endswith(".parquet"):
            parquet.append(path)
    return Summary(files, size, tuple(parquet))
