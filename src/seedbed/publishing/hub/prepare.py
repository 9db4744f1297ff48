"""A folder made ready for its repository: its card and manifest name the repository and the parts of its release."""

from __future__ import annotations

from collections.abc import Mapping

from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.model import ModelManifest
from seedbed.publishing.cards import model_card, retarget
from seedbed.publishing.hub import links, remote, validate
from seedbed.publishing.hub.content import CARD, Content, metadata
from seedbed.publishing.hub.plan import Plan, plan
from seedbed.publishing.hub.target import Kind, Target, has_manifest


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
        return content.with_pages(retarget.model_pages(content.folder, target.repo_id))
    if target.kind != "dataset" or not has_manifest(content):
        return content
    known = retarget.models_of(remote.text(target.repo_id, target.kind, Manifest.file_name))
    return content.with_pages(retarget.pages(content.folder, target.repo_id, tuple(dict.fromkeys((*known, *models)))))


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
