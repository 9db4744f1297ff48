"""A repository's own page: its card, facts from its YAML and its tree, the lines that load it, a dataset's first rows."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub import cards
from localhub.access import caller
from localhub.cards import MAX_YAML_CHARACTERS, README, Card
from localhub.errors import HubError
from localhub.pages.card import MAX_CARD_CHARACTERS, cut, render
from localhub.pages.context import Link, OpenRepository, open_repository, summary
from localhub.pages.files import Split, preview, select, splits, top_files
from localhub.pages.links import Links
from localhub.pages.render import html, size_text
from localhub.requests import endpoint_of

_FACTS = {
    "License": "license",
    "Languages": "language",
    "Tasks": "task_categories",
    "Task": "pipeline_tag",
    "Library": "library_name",
    "Rows": "size_categories",
    "SDK": "sdk",
    "SDK version": "sdk_version",
    "Starts with": "app_file",
    "Python": "python_version",
}
_RELATED = {"Base model": ("base_model", "model"), "Datasets": ("datasets", "dataset"), "Models": ("models", "model")}
_MAX_WORDS = 12  # of one fact


def repository(request: Request) -> Response:
    opened = open_repository(request)
    if f"{request.path_params['owner']}/{request.path_params['name']}" != opened.repository.id:
        return RedirectResponse(opened.links.card, 307)  # it was renamed, or is written in other case
    card, notes = _card(opened)
    among = splits(card.data, summary(opened.hub, opened.commit.tree).parquet) if opened.repository.type == "dataset" else ()
    split = select(among, request.query_params.get("config"), request.query_params.get("split")) if among else None
    context = {
        "head": opened.head("Card"),
        "card": render(card.body, opened.links) if card.body.strip() else None,
        "notes": notes,
        "facts": [(name, words) for name, words in _facts(opened, card.data, request) if words],
        "tags": cards.words(card.data, "tags"),
        "snippets": list(_snippets(opened, card.data, split, request)),
        "files": top_files(opened),
        "preview": preview(opened, split, among) if split else None,
    }
    return html(request, "repo", context)


def _card(opened: OpenRepository) -> tuple[Card, tuple[str, ...]]:
    """The card as far as it is shown, and notes on its problems."""
    file = opened.hub.trees.file(opened.commit.tree, README)
    return _read_card(opened.hub.blobs.path(file.sha256)) if file else (Card(), ())


@lru_cache(maxsize=64)
def _read_card(blob: Path) -> tuple[Card, tuple[str, ...]]:
    """Cached, as a blob never changes."""
    with blob.open("rb") as stream:
        max_bytes = 4 * (MAX_CARD_CHARACTERS + MAX_YAML_CHARACTERS)  # a character is up to four bytes
        card = cards.read(stream.read(max_bytes).decode("utf-8", "replace"))
    body, complete = cut(card.body)
    notes = [card.problem] if card.problem else []
    if not complete:
        notes.append(f"{README}: only the first {MAX_CARD_CHARACTERS:,} characters are shown here")
    return Card(card.data, body), tuple(notes)


def _facts(opened: OpenRepository, data: Mapping[str, Any], request: Request) -> Iterator[tuple[str, list[Link]]]:
    """Names and values, from the card first, then from the repository itself."""
    for name, key in _FACTS.items():
        yield name, [Link(word, "") for word in cards.words(data, key, _MAX_WORDS)]
    for name, (key, kind) in _RELATED.items():
        yield name, [Link(word, _page(opened, kind, word, request)) for word in cards.words(data, key, _MAX_WORDS)]
    yield "Size", [Link(size_text(summary(opened.hub, opened.commit.tree)), opened.links.tree())]
    yield "Last commit", [Link(opened.commit.date[:10], opened.links.commits), Link(opened.commit.author, "")]


def _page(opened: OpenRepository, repo_type: str, name: str, request: Request) -> str:
    """The page of another repository, if it is on this Hub and the visitor may see it."""
    owner, _, rest = name.partition("/")
    try:
        related = opened.hub.repositories.readable(repo_type, owner, rest, caller(request))
    except HubError:
        return ""
    return Links(related.type, related.id).page


def _snippets(
    opened: OpenRepository, data: Mapping[str, Any], split: Split | None, request: Request
) -> Iterator[tuple[str, str]]:
    """Titles, and commands or code that load the repository."""
    yield "Use this Hub", f"export HF_ENDPOINT={shlex.quote(endpoint_of(request))}"
    if opened.repository.type == "dataset":
        yield "Load in Python", f"from datasets import load_dataset\n\nload_dataset({_arguments(opened, split)})"
    if opened.repository.type == "model" and data.get("library_name") == "transformers":
        kind = "AutoModelForCausalLM" if data.get("pipeline_tag") == "text-generation" else "AutoModel"
        yield "Load in Python", f"from transformers import {kind}\n\n{kind}.from_pretrained({_arguments(opened, None)})"
    repo_type = [] if opened.repository.type == "model" else ["--repo-type", opened.repository.type]
    revision = [] if opened.links.revision == "main" else ["--revision", opened.links.revision]
    yield "Download", shlex.join(["hf", "download", opened.repository.id, *repo_type, *revision])


def _arguments(opened: OpenRepository, split: Split | None) -> str:
    """JSON strings are Python strings too."""
    arguments = [json.dumps(opened.repository.id)]
    if split and split.config != "default":
        arguments.append(json.dumps(split.config))
    if split:
        arguments.append(f"split={json.dumps(split.name)}")
    if opened.links.revision != "main":
        arguments.append(f"revision={json.dumps(opened.links.revision)}")
    return ", ".join(arguments)
