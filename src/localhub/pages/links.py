"""Addresses of a repository, and the targets of links in its card."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

PREFIXES = {"model": "", "dataset": "datasets/", "space": "spaces/"}


def owner_page(name: str) -> str:
    """The page of a user or an organisation."""
    return f"/{quote(name)}"


def collection_page(slug: str) -> str:
    return f"/collections/{quote(slug)}"


@dataclass(frozen=True)
class Links:
    """Root-relative addresses of repository `id` ("owner/name") of type `kind` (model, dataset, space) at `revision`.

    `folder` is the base of relative links; the root for a card.
    """

    kind: str
    id: str
    revision: str = "main"
    folder: str = ""

    @property
    def page(self) -> str:
        """The repository's own page, at its main branch."""
        return f"/{PREFIXES[self.kind]}{quote(self.id)}"

    @property
    def card(self) -> str:
        """The same page at this revision."""
        return self.page if self.revision == "main" else f"{self.page}?revision={quote(self.revision, safe='')}"

    @property
    def commits(self) -> str:
        return f"{self.page}/commits/{quote(self.revision, safe='')}"

    def at(self, revision: str) -> Links:
        """The same repository at another revision."""
        return Links(self.kind, self.id, revision)

    def tree(self, path: str = "") -> str:
        return self._at("tree", path)

    def blob(self, path: str) -> str:
        return self._at("blob", path)

    def resolve(self, path: str) -> str:
        return self._at("resolve", path)

    def _at(self, view: str, path: str) -> str:
        tail = f"/{quote(path)}" if path else ""
        return f"{self.page}/{view}/{quote(self.revision, safe='')}{tail}"


def link(written: str, links: Links) -> str | None:
    """The target of a link in a card: web and mail unchanged, a file of the repository to its page, `#x` within the card.

    >>> link("docs/use.md#run", Links("dataset", "o/n"))
    '/datasets/o/n/blob/main/docs/use.md#run'
    >>> link("javascript:alert(1)", Links("dataset", "o/n")) is None
    True
    """
    parts = _split(written)
    if parts is None or (parts.netloc and not parts.scheme):
        return None
    if parts.scheme:
        return written if parts.scheme in ("http", "https", "mailto") else None
    if not parts.path:
        return f"#{CARD_ID}{quote(unquote(parts.fragment).removeprefix(CARD_ID))}" if parts.fragment else links.page
    fragment = f"#{quote(unquote(parts.fragment))}" if parts.fragment else ""
    return _inside(parts.path, links, links.blob, links.tree()) + fragment


def image(written: str, links: Links) -> str | None:
    """The source of an image in a card: this repository or the card itself, never another machine.

    >>> image("assets/plot.png", Links("model", "o/n"))
    '/o/n/resolve/main/assets/plot.png'
    >>> image("https://example.org/counts-visitors.png", Links("model", "o/n")) is None
    True
    """
    if written.startswith(_EMBEDDED):
        return written
    parts = _split(written)
    if parts is None or parts.scheme or parts.netloc or not parts.path:
        return None
    return _inside(parts.path, links, links.resolve, links.page)


CARD_ID = "card-"  # prefix of ids in a card, so that they differ from those of the page
_EMBEDDED = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "gif", "webp"))


def _split(written: str) -> SplitResult | None:
    try:
        return urlsplit(written.strip())
    except ValueError:  # such as an IPv6 address without its bracket
        return None


def _inside(path: str, links: Links, address: Callable[[str], str], root: str) -> str:
    """A path of the card as an address; `..` ends at the root of the repository, `/x` at the root of the Hub."""
    decoded = unquote(path)
    if decoded.startswith("/"):
        return quote(_tidy(decoded))
    tidy = _tidy(f"{links.folder}/{decoded}").lstrip("/")
    return address(tidy) if tidy else root


def _tidy(path: str) -> str:
    """An absolute path without dots, and with one slash in front: two would name another machine."""
    return "/" + posixpath.normpath("/" + path).lstrip("/")
