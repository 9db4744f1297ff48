"""A repository's own page: its card, what is known of it, the lines that load it, and a dataset's first rows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.cards import README
from localhub.pages import front_matter
from localhub.pages.card import MAX_CARD_CHARACTERS, cut, render
from localhub.pages.context import Opened, opened
from localhub.pages.front_matter import FrontMatter
from localhub.pages.listing import top_files
from localhub.pages.preview import chosen, preview
from localhub.pages.render import html
from localhub.pages.sidebar import facts, snippets
from localhub.pages.viewmodels import RepoPage


def repository(request: Request) -> Response:
    here = opened(request)
    if f"{request.path_params['owner']}/{request.path_params['name']}" != here.repository.id:
        return RedirectResponse(here.links.card, 307)  # it was renamed, or is written in other case
    card, notes = _card(here)
    split = chosen(here, card.data, request.query_params.get("config"), request.query_params.get("split"))
    page = RepoPage(
        head=here.head("Card"),
        card=render(card.body, here.links) if card.body.strip() else None,
        notes=notes,
        facts=tuple(facts(here, card.data, request)),
        tags=front_matter.words(card.data, "tags"),
        snippets=tuple(snippets(here, card.data, split, request)),
        files=top_files(here),
        preview=preview(here, split) if split else None,
    )
    return html(request, "repo", page)


def _card(here: Opened) -> tuple[FrontMatter, tuple[str, ...]]:
    """The card as far as it is shown, and what to say of what is wrong with it."""
    file = here.hub.contents.file(here.commit.tree, README)
    return _read_card(here.hub.blobs.path(file.sha256)) if file else (FrontMatter(), ())


@lru_cache(maxsize=64)
def _read_card(blob: Path) -> tuple[FrontMatter, tuple[str, ...]]:
    """A blob never changes, so it is read once."""
    most = 4 * (MAX_CARD_CHARACTERS + front_matter.MAX_YAML)  # a character is up to four bytes
    with blob.open("rb") as stream:
        card = front_matter.read(stream.read(most).decode("utf-8", "replace"))
    body, whole = cut(card.body)
    notes = [card.problem] if card.problem else []
    if not whole:
        notes.append(f"{README}: only the first {MAX_CARD_CHARACTERS:,} characters are shown here")
    return FrontMatter(card.data, body), tuple(notes)
