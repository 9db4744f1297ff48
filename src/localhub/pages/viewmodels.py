"""What the templates are given: finished words and addresses, so that a template decides nothing but looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from localhub.pages.links import Links
from localhub.pages.rows import Rows

KIND_WORDS = {"dataset": "Datasets", "model": "Models", "space": "Spaces"}


@dataclass(frozen=True)
class Choice:
    """A link among others, one of which is the present one."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class RepoRow:
    """A repository on the front page. `updated` is an ISO time or empty."""

    id: str
    href: str
    private: bool
    updated: str
    size: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Front:
    """The front page: groups of repositories, (word for the type, rows); `query` is what was searched for."""

    query: str
    kinds: tuple[Choice, ...]
    groups: tuple[tuple[str, tuple[RepoRow, ...]], ...]
    left_out: int = 0


@dataclass(frozen=True)
class OwnerPage:
    """A user or an organisation (`kind`), with groups as on the front page and the collections."""

    name: str
    kind: str
    groups: tuple[tuple[str, tuple[RepoRow, ...]], ...]
    left_out: int
    collections: tuple[Choice, ...]


@dataclass(frozen=True)
class Kept:
    """Something in a collection; `what` leads nowhere when it is no repository of this Hub."""

    kind: str
    what: Choice
    note: str


@dataclass(frozen=True)
class CollectionPage:
    title: str
    description: str
    private: bool
    owner: Choice
    items: tuple[Kept, ...]


@dataclass(frozen=True)
class CommitRow:
    """A commit. `date` is an ISO time."""

    oid: str
    title: str
    date: str
    href: str
    author: str = ""
    message: str = ""


@dataclass(frozen=True)
class FileRow:
    """A file or a folder (`size` None) in a tree."""

    name: str
    href: str
    size: int | None = None
    download: str = ""
    commit: CommitRow | None = None


@dataclass(frozen=True)
class Head:
    """The top of every page of a repository."""

    links: Links
    private: bool
    tabs: tuple[Choice, ...]
    revisions: tuple[Choice, ...] = ()

    @property
    def owner(self) -> str:
        return self.links.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.links.id.partition("/")[2]


@dataclass(frozen=True)
class Snippet:
    """A line or two to copy, and the words that say what they do."""

    title: str
    code: str


@dataclass(frozen=True)
class Fact:
    """Something known of a repository: a name and its words, some of which (`href` not empty) lead somewhere."""

    name: str
    items: tuple[Choice, ...]


@dataclass(frozen=True)
class Preview:
    """The first rows of a split of so many files, `file` the first; with the way to the other configs and splits."""

    configs: tuple[Choice, ...]
    splits: tuple[Choice, ...]
    file: str
    files: int
    rows: Rows


@dataclass(frozen=True)
class RepoPage:
    """A repository's own page."""

    head: Head
    card: Markup | None = None
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    tags: tuple[str, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    files: tuple[FileRow, ...] = ()
    preview: Preview | None = None


@dataclass(frozen=True)
class TreePage:
    """A folder. `crumbs` lead from the root to it."""

    head: Head
    crumbs: tuple[Choice, ...]
    files: tuple[FileRow, ...]
    left_out: int = 0


@dataclass(frozen=True)
class FilePage:
    """A file: its text when it is a small one, its picture, or neither."""

    head: Head
    crumbs: tuple[Choice, ...]
    size: int
    download: str
    show: Literal["text", "card", "image", "nothing"] = "nothing"
    lines: tuple[str, ...] = ()
    lines_left_out: int = 0
    card: Markup | None = None
    rows: Rows | None = None
    commit: CommitRow | None = None
    stored: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CommitsPage:
    head: Head
    commits: tuple[CommitRow, ...]
    total: int
    older: str = ""
    newer: str = ""


@dataclass(frozen=True)
class LoginPage:
    """The form: where to go afterwards, and what was wrong with the last try."""

    then: str
    problem: str = ""


@dataclass(frozen=True)
class ProblemPage:
    status: int
    title: str
    message: str
    may_log_in: bool = False
