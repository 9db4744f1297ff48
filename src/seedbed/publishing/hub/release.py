"""A release: dataset, model and Space that name each other, prepared for their repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from seedbed.core.config.recipe import Model
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.model import ModelManifest
from seedbed.publishing.cards import model_card, update
from seedbed.publishing.hub import connection, links, validate
from seedbed.publishing.hub.connection import client, login, one_line_errors
from seedbed.publishing.hub.content import CARD, Content, metadata
from seedbed.publishing.hub.plan import Plan, plan
from seedbed.publishing.hub.target import Kind, Target, has_manifest

ORDER: tuple[Kind, ...] = ("dataset", "model", "space")


class Part(Model):
    """One folder and the repository it goes to; without an owner that of the account that is logged in."""

    folder: str
    to: Annotated[str, Field(pattern=r"^([\w.-]+/)?[\w.-]+$")]

    @property
    def repo_id(self) -> str:
        """`owner/name`. Raises: HubAccessError when the owner is the account, and there is no login."""
        return self.to if "/" in self.to else f"{login()['name']}/{self.to}"


class Collection(Model):
    """The page that lists the parts; a description over 150 characters, where the Hub truncates, is an error."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    description: Annotated[str, Field(max_length=150)] = ""


class Release(Model):
    """recipes/release/*.yaml. Without `visibility` what is new is private, and what is there stays as it is."""

    section: ClassVar[str] = "release-recipes"

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    visibility: Literal["private", "public"] | None = None
    tag: str | None = None
    dataset: Part | None = None
    model: Part | None = None
    space: Part | None = None
    collection: Collection | None = None

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not self.parts:
            raise ValueError(f"nothing to publish. Allowed: at least one of {', '.join(ORDER)}")
        return self

    @property
    def parts(self) -> dict[Kind, Part]:
        """The parts it names, in the order in which they are published."""
        named = {"dataset": self.dataset, "model": self.model, "space": self.space}
        return {kind: part for kind in ORDER if (part := named[kind]) is not None}


def collect(collection: Collection, parts: dict[Kind, str], *, private: bool) -> str:
    """Make sure that a collection holds the parts; items that it has already stay. Returns its web address.

    Raises: HubAccessError when the Hub refuses.
    """
    owner = next(iter(parts.values())).partition("/")[0]
    with one_line_errors(f"collection {collection.title}"):
        made = client().create_collection(
            collection.title,
            namespace=owner,
            description=collection.description or None,
            private=private,
            exists_ok=True,
        )
        for kind, repo_id in parts.items():
            client().add_collection_item(made.slug, repo_id, kind, exists_ok=True)
    return made.url


def target_of(
    content: Content, repo_id: str, kind: Kind, *, private: bool | None, tag: str | None, pull_request: bool = False
) -> Target:
    """Where a folder goes; the SDK of a Space is in its card."""
    sdk = metadata(content).get("sdk") if kind == "space" else None
    return Target(repo_id, kind, private=private, pull_request=pull_request, tag=tag, sdk=sdk)


def addressed(content: Content, target: Target, models: tuple[str, ...] = ()) -> Content:
    """The content with the repository named in card and manifest.

    Args: models: repositories of models trained on a dataset, which its card names beside those that are on the Hub already.
    """
    if target.kind == "model" and ModelManifest.file_name in content.entries:
        return content.with_pages(update.model_pages(content.folder, target.repo_id))
    if target.kind != "dataset" or not has_manifest(content):
        return content
    known = update.models_of(connection.text(target.repo_id, target.kind, Manifest.file_name))
    return content.with_pages(update.pages(content.folder, target.repo_id, tuple(dict.fromkeys((*known, *models)))))


def linked(content: Content, kind: Kind, names: Mapping[Kind, str], commits: Mapping[Kind, str]) -> Content:
    """A model's or a Space's content with the parts before it on its card.

    Args: names: repository of each part; commits: of the parts before it.
    """
    parts = {part: {"repo_id": names[part], "revision": commit} for part, commit in commits.items()}
    if kind == "dataset" or not parts:
        return content
    ids = {f"{part}s": [link["repo_id"]] for part, link in parts.items()}
    if kind == "space" and "model" in parts:
        ids["preload_from_hub"] = ids["models"]  # in the Space's image, so that a start needs no download
    words = model_card.links_block({"kind": kind, "dataset": parts.get("dataset"), "model": parts.get("model")})
    return content.with_pages({CARD: links.linked(content.text(CARD), kind, ids, words).encode()})


def checked_plan(content: Content, target: Target) -> Plan:
    """The plan of a folder that is fit to be published. Raises: PublishError for one that is not."""
    validate.validate(content, target.kind)
    planned = plan(content, target)
    validate.ask_the_hub(content, target.kind)
    return planned
