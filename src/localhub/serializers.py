"""A repository at a commit, in the words of the Hub's own answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from localhub import cards
from localhub.contents import File
from localhub.history import Commit
from localhub.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

_MAX_CONFIG_BYTES = 1_000_000
_CONFIG_KEYS = ("architectures", "model_type", "tokenizer_config")


def described(hub: Hub, repository: Repository, commit: Commit) -> dict[str, Any]:
    """Everything but the list of files."""
    metadata = hub.cards.metadata(commit)
    answer = {
        "_id": f"{repository.key:024x}",
        "id": repository.id,
        "author": repository.owner,
        "sha": commit.oid,
        "lastModified": commit.date,
        "createdAt": repository.created,
        "private": repository.private,
        "gated": repository.gated or False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": cards.tags(metadata),
        "cardData": dict(metadata),
    }
    return answer | _of_type(hub, repository, commit, metadata)


def siblings(files: Iterable[tuple[str, File]], *, detailed: bool) -> list[dict[str, Any]]:
    """The flat list of files; `detailed` with sizes and hashes."""
    return [{"rfilename": path, **(_detail(file) if detailed else {})} for path, file in files]


def _detail(file: File) -> dict[str, Any]:
    detail: dict[str, Any] = {"size": file.size, "blobId": file.oid}
    if file.lfs:
        detail["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
    return detail


def last_commit(commit: Commit) -> dict[str, Any]:
    """The newest commit that changed a file, as the tree tells of it."""
    return {"id": commit.oid, "title": commit.title, "date": commit.date}


def _of_type(hub: Hub, repository: Repository, commit: Commit, metadata: Mapping[str, Any]) -> dict[str, Any]:
    match repository.type:
        case "model":
            return _model(repository, metadata) | {"config": _config(hub, commit)}
        case "space":
            return _space(repository, metadata) | {"runtime": hub.spaces.runtime(repository.key)}
    return {"description": None}


def _model(repository: Repository, metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "modelId": repository.id,
        "library_name": metadata.get("library_name"),
        "pipeline_tag": metadata.get("pipeline_tag"),
    }


def _space(repository: Repository, metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sdk": metadata.get("sdk") or repository.sdk,
        "host": None,
        "subdomain": repository.id.replace("/", "-").lower(),
        "models": metadata.get("models") or [],
        "datasets": metadata.get("datasets") or [],
    }


def _config(hub: Hub, commit: Commit) -> dict[str, Any]:
    file = hub.contents.file(commit.tree, "config.json")
    if file is None or file.size > _MAX_CONFIG_BYTES:
        return {}
    try:
        config = json.loads(hub.blobs.path(file.sha256).read_bytes())
    except (ValueError, RecursionError):
        return {}
    return {key: config[key] for key in _CONFIG_KEYS if key in config} if isinstance(config, dict) else {}
