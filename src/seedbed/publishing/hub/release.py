"""A release: a dataset, a model and a Space that link each other, and a collection that holds them.

The order is fixed, because each part names the commit of the one before it. A run that stops leaves its
published parts as they are; the next run makes no commit for them and continues.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from seedbed.core.config.recipe import Model
from seedbed.publishing.hub.connection import client, login, one_line_errors
from seedbed.publishing.hub.target import Kind

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
