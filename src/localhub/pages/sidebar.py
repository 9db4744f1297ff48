"""What stands beside a card: facts from its YAML and from the tree, and the lines that load the repository."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request

from localhub.access import asker
from localhub.errors import HubError
from localhub.pages import numbers
from localhub.pages.context import Opened, summary
from localhub.pages.front_matter import words
from localhub.pages.links import Links
from localhub.pages.preview import Chosen
from localhub.pages.viewmodels import Choice, Fact, Snippet
from localhub.routing import endpoint_of

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
_RELATIVES = {"Base model": ("base_model", "model"), "Datasets": ("datasets", "dataset"), "Models": ("models", "model")}
_MOST = 12  # words of one fact


def facts(here: Opened, data: Mapping[str, Any], request: Request) -> Iterator[Fact]:
    """From the card first, then from the repository itself."""
    for name, key in _FACTS.items():
        yield from _fact(name, [Choice(word, "") for word in words(data, key, _MOST)])
    for name, (key, kind) in _RELATIVES.items():
        yield from _fact(name, [Choice(word, _page(here, kind, word, request)) for word in words(data, key, _MOST)])
    whole = summary(here.hub, here.commit.tree)
    yield from _fact("Size", [Choice(f"{numbers.size(whole.size)} in {numbers.files(whole.files)}", here.links.tree())])
    yield from _fact("Last commit", [Choice(here.commit.date[:10], here.links.commits), Choice(here.commit.author, "")])


def snippets(here: Opened, data: Mapping[str, Any], split: Chosen | None, request: Request) -> Iterator[Snippet]:
    """What to type to get at the repository."""
    yield Snippet("Use this Hub", f"export HF_ENDPOINT={shlex.quote(endpoint_of(request))}")
    if here.repository.type == "dataset":
        yield Snippet("Load in Python", f"from datasets import load_dataset\n\nload_dataset({_arguments(here, split)})")
    if here.repository.type == "model" and data.get("library_name") == "transformers":
        kind = "AutoModelForCausalLM" if data.get("pipeline_tag") == "text-generation" else "AutoModel"
        yield Snippet("Load in Python", f"from transformers import {kind}\n\n{kind}.from_pretrained({_arguments(here, None)})")
    yield Snippet("Download", shlex.join(_download(here)))


def _fact(name: str, items: list[Choice]) -> Iterator[Fact]:
    if items:
        yield Fact(name, tuple(items))


def _page(here: Opened, kind: str, name: str, request: Request) -> str:
    """The page of another repository, when it is on this Hub and the visitor may see it."""
    owner, _, rest = name.partition("/")
    try:
        found = here.hub.repositories.readable(kind, owner, rest, asker(request))
    except HubError:
        return ""
    return Links(found.type, found.id).page


def _arguments(here: Opened, split: Chosen | None) -> str:
    """JSON strings are Python strings too."""
    given = [json.dumps(here.repository.id)]
    if split and split.split.config != "default":
        given.append(json.dumps(split.split.config))
    if split:
        given.append(f"split={json.dumps(split.split.name)}")
    if here.links.revision != "main":
        given.append(f"revision={json.dumps(here.links.revision)}")
    return ", ".join(given)


def _download(here: Opened) -> list[str]:
    kind = [] if here.repository.type == "model" else ["--repo-type", here.repository.type]
    revision = [] if here.links.revision == "main" else ["--revision", here.links.revision]
    return ["hf", "download", here.repository.id, *kind, *revision]
